import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Message } from "../../src/client/index.ts";
import { startCliAgent, untilStatus } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";

t.setTimeout(120_000);

t.test(
  "a state that was copied, and an epoch from the clock: old readings are there, and no number comes twice",
  async (t) => {
    const agent = await startCliAgent();
    t.teardown(() => agent.close());
    const state = join(agent.folder, "state");
    const backup = join(agent.folder, "backup.tar.gz");
    const have = (count: number) =>
      untilStatus(agent, `${count} readings`, ({ devices }) => (devices["gps"]?.seq ?? 0) >= count);

    const copied = await have(3);
    await agent.cli.stop();
    execFileSync("tar", ["-czf", backup, "-C", agent.folder, "state"]);
    await agent.restart();
    const since = await have(3);
    t.equal(since.epoch, copied.epoch + 1, "an epoch that the copy does not know of");
    await agent.cli.stop();

    rmSync(state, { recursive: true });
    execFileSync("tar", ["-xzf", backup, "-C", agent.folder]);
    t.equal(Number(readFileSync(join(state, "epoch"), "latin1")), copied.epoch);
    writeFileSync(join(state, "epoch"), `${Math.floor(Date.now() / 1_000)}\n`);
    await agent.restart();
    const restored = await have(3);
    t.ok(restored.epoch > since.epoch + 1_000_000, `epoch ${restored.epoch}`);

    const args = ["sub", "-a", agent.address, "pi/gps", "--from", "start", "--until-caught-up", "--json"];
    const { code, stdout } = await dunlin(args);
    t.equal(code, 0);
    const readings = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Message & { kind: "telemetry" });
    t.match(readings[0], { epoch: copied.epoch, seq: 1 });
    t.same([...new Set(readings.map(({ epoch }) => epoch))], [copied.epoch, restored.epoch]);
  },
);
