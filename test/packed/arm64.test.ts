import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { connect } from "../../src/client/index.ts";
import { Collector, freeBasePort, isReading } from "../support/agent.ts";

/** The arm64 binary, run instruction by instruction on whatever this machine is. */
const BINARY = join(import.meta.dirname, "../../dist/dunlin-linux-arm64");
const PROGRAM = `qemu-aarch64 -L /usr/aarch64-linux-gnu ${BINARY}`;

t.test(
  "the arm64 binary: an agent and its bridge publish, take a command, answer queries; so do its own clients",
  async (t) => {
    t.ok(existsSync(BINARY), "npm run package makes it");
    // Read when ownProgram() and test/support/cli.ts are: children of the agent are emulated too.
    process.env["DUNLIN_PROGRAM"] = PROGRAM;
    const { dunlin, RunningCli } = await import("../support/cli.ts");
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    const port = await freeBasePort();
    const address = `tcp://127.0.0.1:${port}`;
    const env = { STATE_DIRECTORY: join(folder, "state"), RUNTIME_DIRECTORY: join(folder, "run") };
    const agent = new RunningCli(["agent", "--sim", "--name", "arm", "--port", String(port)], {
      env,
      cwd: folder,
    });
    const client = connect(address);
    t.teardown(async () => {
      client.close();
      await agent.stop("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    const seen = new Collector(client, ["telemetry/"]);
    for (const device of ["gps", "air", "greenhouse"]) await seen.first(device, isReading(device), 120_000);
    const sub = await dunlin([
      "sub",
      "-a",
      address,
      "arm/greenhouse",
      "--json",
      "-n",
      "1",
      "--timeout",
      "60",
    ]);
    t.match(JSON.parse(sub.stdout), { agent: "arm", device: "greenhouse", values: { temperature: Number } });
    const push = await dunlin(["push", "-a", address, "arm/greenhouse", "fan", "on=true"]);
    t.match(push, { code: 0, stdout: /succeeded/ });
    await seen.first("the fan on", (m) => m.kind === "telemetry" && m.values["fan"] === true, 60_000);
    const version = await dunlin(["version", "--json"]);
    t.match(JSON.parse(version.stdout), { architecture: "arm64" });
    const query = await dunlin(["query", "-a", address, "status", "--json", "--timeout", "60"]);
    t.match(JSON.parse(query.stdout), { agent: "arm", components: { bridge: { phase: "live" } } });
    t.equal(await agent.stop("SIGINT"), 0);
  },
);
