import { join } from "node:path";
import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";

const COMPONENT = join(import.meta.dirname, "../../docs/examples/component.py");

t.test("kill -9 of a bridge and of a Python component: both are back, nobody else notices", async (t) => {
  const test = await startCliAgent(`
devices:
  victim: { driver: json-lines, port: sim://, bridge: one }
  bystander: { driver: json-lines, port: sim://, bridge: two }
components:
  weather: { command: [/usr/bin/python3, ${COMPONENT}] }
`);
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  const { device: roof } = (await seen.first(
    "the component's device",
    (m) => m.kind === "telemetry" && m.device !== "victim" && m.device !== "bystander",
  )) as { device: string };
  for (const device of ["victim", "bystander"]) await seen.first(device, isReading(device));

  const before = await statusOf(test);
  for (const [part, device] of [
    ["one", "victim"],
    ["weather", roof],
  ] as const) {
    const last = seen.telemetry(device).at(-1)?.seq ?? 0;
    process.kill(before.components[part]?.pid ?? 0, "SIGKILL");
    const silent = await seen.first(`${device} silent`, isState(device, "silent"));
    const back = await seen.first(`${device} again`, isReading(device, last + 1));
    const gapMs =
      back.kind === "telemetry" && silent.kind === "device" ? (back.time - silent.status.since) / 1_000 : NaN;
    t.comment(`note: ${part} was back, with its next reading, after ${gapMs.toFixed(0)} ms`);
  }
  const after = await statusOf(test);
  t.match(after.components, {
    one: { starts: 2 },
    weather: { starts: 2 },
    two: { starts: 1, pid: before.components["two"]?.pid },
  });
  const seqs = seen.telemetry("bystander").map(({ seq }) => seq);
  t.same(
    seqs,
    seqs.map((_, at) => (seqs[0] ?? 0) + at),
    "the bystander missed nothing",
  );
  t.notOk(seen.states("bystander").some(({ state }) => state === "silent" || state === "failed"));
  t.match(
    seen
      .states(roof)
      .map(({ state }) => state)
      .slice(-2),
    ["silent", "online"],
  );
});

t.test("kill -9 of the agent: its bridges end too, and the next start has a higher epoch", async (t) => {
  const test = await startCliAgent("devices:\n  a: { driver: json-lines, port: sim:// }\n");
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/"]);
  await seen.first("a reading", isReading("a"));
  const { pid } = (await statusOf(test)).components["bridge"] ?? { pid: 0 };
  await test.cli.stop("SIGKILL");
  await gone(pid);
  t.pass("the bridge noticed that nobody holds its standard input");
  await test.restart();
  const again = await seen.first(
    "a reading of the next epoch",
    (m) => m.kind === "telemetry" && m.epoch !== 1,
  );
  // Not seq 1: who comes back after the first reading has missed it.
  t.match(again, { epoch: 2 });
});

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
