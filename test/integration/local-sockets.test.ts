import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { connect } from "../../src/client/index.ts";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";
import { PYTHON, run } from "../support/program.ts";
import { startSecureAgent } from "../support/secure-agent.ts";

const COMPONENT = join(import.meta.dirname, "../../docs/examples/component.py");
const WEATHER = {
  components: [{ kind: "foreign", name: "weather", program: { command: PYTHON, args: [COMPONENT] } }],
} as const;
const NAMES = ["commands", "queries", "telemetry"];
/** pyzmq and cbor2 alone, in the agent's folder: a reading, an answer, and a command whose success is published. */
const PYTHON_CLIENT = `
import sys, time, uuid, cbor2, zmq
folder = sys.argv[1]
def connected(kind, name):
    socket = zmq.Context.instance().socket(kind)
    socket.linger, socket.rcvtimeo = 2000, 20000
    socket.connect(f"ipc://{folder}/{name}")
    return socket
sub = connected(zmq.SUB, "telemetry")
sub.subscribe("telemetry/"); sub.subscribe("command/")
print("reading", sub.recv_multipart()[0].decode().split("/")[2])
req = connected(zmq.REQ, "queries")
req.send(cbor2.dumps({"query": "status"}))
print("status", cbor2.loads(req.recv())["result"]["agent"])
push = connected(zmq.PUSH, "commands")
now = time.time_ns() // 1000
push.send(cbor2.dumps({"id": str(uuid.uuid4()), "target": "pi/weather", "name": "rate", "args": {"interval": 0.5}, "issued": now,
                       "expires": now + 30_000_000, "issuer": "test"}))
while True:
    topic, body = sub.recv_multipart()
    state = cbor2.loads(body)
    if topic.startswith(b"command/") and state["state"] in ("succeeded", "failed", "rejected", "expired"):
        print("command", state["state"], state.get("code", ""))
        break
`;

t.test("an agent with keys lets its own user in by its runtime directory, without one", async (t) => {
  const agent = await startSecureAgent(WEATHER);
  t.teardown(() => agent.close());
  const folder = join(agent.test.folder, "run");
  t.same(
    readdirSync(folder).filter((name) => NAMES.includes(name)),
    NAMES,
  );
  for (const name of NAMES)
    t.equal(statSync(join(folder, name)).mode & 0o777, 0o660, `${name} is the owner's and the group's`);

  t.equal(statSync(folder).mode & 0o777, 0o700, "but into the folder the group may not go");

  const local = connect(`ipc://${folder}`);
  t.teardown(() => local.close());
  await new Collector(local, ["telemetry/"]).first("a reading", isReading("weather"));
  t.match(await local.query("status"), { agent: "pi" });
  t.match(await local.push("pi/weather", "rate", { interval: 0.5 }), { state: "succeeded" });

  const python = await run(PYTHON, ["-c", PYTHON_CLIENT, folder]);
  t.match(python, { out: /reading weather\nstatus pi\ncommand succeeded/ }, python.err);

  const asked = await dunlin(["query", "status", "--json", "-a", `ipc://${folder}`]);
  t.equal((JSON.parse(asked.stdout) as { agent: string }).agent, "pi");

  t.test("while over TCP nobody comes in without one", async (t) => {
    const stranger = connect(agent.test.address);
    t.teardown(() => stranger.close());
    await t.rejects(stranger.query("status", {}, { timeoutMs: 1_500 }), { code: "timed-out" });
    const anna = agent.clientOf(await agent.allow("anna", ["read"]));
    t.match(await anna.query("status"), { agent: "pi" }, "and with one they do");
  });
});

t.test("two agents do not take each other's sockets", async (t) => {
  const first = await startAgent();
  t.teardown(() => first.close());
  await t.rejects(startAgent({ runtimeDirectory: join(first.folder, "run") }), {
    code: "address-in-use",
    message: /another agent is running with the runtimeDirectory/,
  });
  const local = connect(`ipc://${join(first.folder, "run")}`);
  t.teardown(() => local.close());
  t.match(await local.query("status"), { agent: "pi" });
});

t.test("a client in the folder goes on after a crash of the agent, which binds there again", async (t) => {
  const agent = await startCliAgent("devices: { gps: { driver: nmea0183, port: 'sim://' } }\n");
  t.teardown(() => agent.close());
  const local = connect(`ipc://${join(agent.folder, "run")}`);
  t.teardown(() => local.close());
  const seen = new Collector(local, ["telemetry/"]);
  await seen.first("a reading", isReading("gps"));
  await agent.cli.stop("SIGKILL");
  await agent.restart();
  await seen.first("a reading of the next epoch", (one) => one.kind === "telemetry" && one.epoch === 2);
  t.match(await local.query("status"), { epoch: 2 });
});

t.test("where the sockets are of another user it says so, and does not wait", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const test = await startAgent({ runtimeDirectory: join(folder, "run") });
  t.teardown(() => test.close());
  chmodSync(folder, 0);
  t.teardown(() => chmodSync(folder, 0o700));
  // By env, because the test runner has every Node process that it sees start write files, which nobody may not.
  const script = join(import.meta.dirname, "../support/local-access-as-nobody.ts");
  const child = spawn("env", ["-i", process.execPath, script, join(folder, "run")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  for await (const chunk of child.stdout) out += String(chunk);
  t.equal(out, "denied\n");
});
