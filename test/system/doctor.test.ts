import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { invite, newCertificate, writeCertificates } from "../../src/keys/index.ts";
import { freeBasePort } from "../support/agent.ts";
import { startCliAgent, untilStatus } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";
import { openPty } from "../support/pty.ts";

t.setTimeout(180_000);

interface Finding {
  readonly subject: string;
  readonly severity: string;
  readonly found: string;
  readonly remedy?: string;
}

/** What the doctor says of an agent with this configuration, in a folder of its own; `DIR` stands for that. */
async function examined(t: Test, yaml: string, prepare: (folder: string) => void = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "agent.yaml");
  const directories = `stateDirectory: ${folder}/state\nruntimeDirectory: ${folder}/run\n`;
  writeFileSync(file, `name: pi\n${directories}${yaml.replaceAll("DIR", folder)}`);
  prepare(folder);
  const { code, stdout, stderr } = await dunlin(["doctor", "-c", file, "--json"]);
  const findings = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Finding);
  if (findings.length === 0) throw new Error(stderr);
  return { code, of: (subject: string) => findings.find((one) => one.subject === subject), findings };
}

const device = (port: string): string => `devices: { gps: { driver: nmea0183, port: "${port}" } }\n`;

t.test("a wrong configuration: the line is named", async (t) => {
  const { code, of } = await examined(t, "devces: {}\n");
  t.equal(code, 1);
  t.match(of("configuration"), { severity: "problem", found: /agent\.yaml:4:1.*devices/s });
});

t.test(
  "an agent that does not run, a port that is not there, a full disk, and a hub that nobody reaches",
  async (t) => {
    const port = await freeBasePort();
    const hub = await freeBasePort(5);
    const { code, of } = await examined(
      t,
      `listen: { port: ${port} }\njournal: { lowDiskMegabytes: 1000000, maxMegabytes: 5 }\nhub: { address: "tcp://127.0.0.1:${hub}" }\n${device("/dev/serial/by-id/none")}`,
    );
    t.equal(code, 1);
    t.match(of("agent"), { severity: "problem", found: /does not run/, remedy: /journalctl/ });
    t.match(of("port of gps"), { severity: "problem", found: /none does not exist/ });
    t.match(of("disk"), {
      severity: "problem",
      found: /the journal grows no more/,
      remedy: /lowDiskMegabytes/,
    });
    t.match(of("hub"), { severity: "problem", found: /ECONNREFUSED/, remedy: /firewall/ });
  },
);

t.test("a port that is no serial port", async (t) => {
  t.match((await examined(t, device("/dev/null"))).of("port of gps"), { severity: "problem" });
});

t.test("a port that another program has, by its name and pid", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const holder = spawn("sh", ["-c", `exec 3<>${pty.path}; echo open; exec sleep 1000`]);
  t.teardown(() => void holder.kill());
  await once(holder.stdout, "data");
  const { of } = await examined(t, device(pty.path));
  t.match(of("port of gps"), {
    severity: "problem",
    found: new RegExp(`sh.*pid ${holder.pid}|sleep.*pid ${holder.pid}`),
  });
});

t.test("another program listens on the agent's port; and another agent", async (t) => {
  const server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  t.match((await examined(t, `listen: { port: ${port} }\n`)).of("agent"), {
    severity: "problem",
    found: /does not answer as an agent does/,
  });
  server.close();
  const agent = await startCliAgent('devices: { air: { driver: pms5003, port: "sim://" } }\n');
  t.teardown(() => agent.close());
  await untilStatus(agent, "air online", ({ devices }) => devices["air"]?.state === "online");
  const at = `listen: { port: ${new URL(agent.address.replace("tcp:", "http:")).port} }\nclock: synced\njournal: { maxMegabytes: 5, lowDiskMegabytes: 0 }\n`;
  const other = await examined(t, at);
  t.match(other.of("agent"), { severity: "ok", found: /pi runs/ }, "the same name: it is the one");
  const text = await dunlin(["doctor", "-c", join(agent.folder, "agent.yaml")]);
  t.match(text.stdout, /problem {2}agent: /, "without colours, and its port is another there");
  t.notMatch(text.stdout, "\u001b");
});

t.test("keys: none, such as all can read, nobody let in, and none wanted", async (t) => {
  const listen = `listen: { address: 0.0.0.0, port: ${await freeBasePort()} }\n`;
  t.match((await examined(t, listen)).of("own key"), { severity: "problem", remedy: /keys new --agent/ });
  const exposed = await examined(t, listen, (folder) => {
    writeCertificates(join(folder, "state/keys"), "agent", newCertificate("pi"));
    chmodSync(join(folder, "state/keys/agent.key_secret"), 0o644);
  });
  t.match(exposed.of("own key"), { severity: "problem", remedy: /whoever could read it has it/ });
  const alone = await examined(t, listen, (folder) => {
    writeCertificates(join(folder, "state/keys"), "agent", newCertificate("pi"));
  });
  t.match(alone.of("own key"), { severity: "ok" });
  t.match(alone.of("authorized keys"), { severity: "warning", found: "nobody is let in" });
  const open = await examined(t, listen.replace("0.0.0.0", "0.0.0.0, insecure: true"));
  t.match(open.of("security"), { severity: "warning", found: /without keys/ });
});

t.test("ModemManager", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "ModemManager");
  copyFileSync("/bin/sleep", program);
  const running = spawn(program, ["1000"]);
  t.teardown(() => void running.kill());
  await once(running, "spawn");
  const { of } = await examined(t, device("/dev/ttyS0"));
  t.match(of("other programs"), {
    severity: "warning",
    found: "ModemManager is running",
    remedy: /systemctl disable/,
  });
});

t.test("a device that is unplugged, of a running agent", async (t) => {
  const agent = await startCliAgent(device("/dev/serial/by-id/none"));
  t.teardown(() => agent.close());
  await untilStatus(agent, "it is unplugged", ({ devices }) => devices["gps"]?.state === "unplugged");
  const { port } = new URL(agent.address.replace("tcp:", "http:"));
  const { of } = await examined(t, `listen: { port: ${port} }\n${device("/dev/serial/by-id/none")}`);
  t.match(of("device gps"), { severity: "problem", found: /^unplugged/ });
});

t.test("what is left of a damaged journal, and an epoch that is no number", async (t) => {
  const { of } = await examined(t, device("sim://"), (folder) => {
    mkdirSync(join(folder, "state/journal"), { recursive: true });
    writeFileSync(join(folder, "state/journal/journal.damaged-1"), "x".repeat(3_000_000));
    writeFileSync(join(folder, "state/epoch"), "\0\0\0");
  });
  t.match(of("journal"), { severity: "warning", found: /journal\.damaged-1 \(3 MB\)/ });
  t.match(of("epoch"), { severity: "problem", found: /holds no number/, remedy: /clock/ });
});

t.test("an invitation that nobody took up", async (t) => {
  const { of } = await examined(
    t,
    `listen: { address: 0.0.0.0, port: ${await freeBasePort()} }\n`,
    (folder) => {
      const keys = join(folder, "state/keys");
      writeCertificates(keys, "agent", newCertificate("pi"));
      invite(keys, { roles: ["read"], expiresMs: Date.now() - 60_000 });
    },
  );
  t.match(of("invitation"), {
    severity: "warning",
    found: "one for read has expired, and nobody took it up",
    remedy: /dunlin invite/,
  });
});
