import t, { type Test } from "tap";
import { Collector, isReading } from "../support/agent.ts";
import { startCliAgent, statusOf, type CliAgent } from "../support/cli-agent.ts";
import { FastDevice } from "../support/fast-device.ts";
import { isAgentState, isDurable, isWithoutGap, replayAll, stopDevice } from "../support/replay.ts";

const KILLS = 5;
/** Each kill falls into another part of a commit, readings after the last one was seen to be back. */
const READINGS_BETWEEN = [40, 111, 173, 290, 367];
/** The journal commits ten times a second, so that a kill meets it at work. */
const YAML = (port: string): string => `
journal: { flushMs: 100 }
devices:
  fast: { driver: json-lines, port: ${port} }
`;

t.setTimeout(120_000);

interface Bench {
  readonly test: CliAgent;
  readonly seen: Collector;
  readonly device: FastDevice;
}

/** An agent with a journal and a device of 500 readings a second. */
async function begin(t: Test): Promise<Bench> {
  const device = new FastDevice({ linesPerSecond: 500, noise: 40 });
  t.teardown(() => device.close());
  const test = await startCliAgent(YAML(device.path));
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a durable reading", isDurable("fast", 1));
  return { test, seen, device };
}

/** Stops the device and shows that nothing is missing, neither live nor on disk. */
async function check(t: Test, { test, seen, device }: Bench): Promise<void> {
  const last = await stopDevice(device, "fast", seen);
  isWithoutGap(t, seen.telemetry("fast"), "live");
  const { readings, lost } = await replayAll(test.client, "fast");
  isWithoutGap(t, readings, "by replay");
  t.same([readings[0]?.seq, readings.at(-1)?.seq, lost], [1, last, []], "from the first to the last");
  t.match((await statusOf(test)).journal, { state: "ok", dropped: 0 });
}

async function readingsMore(seen: Collector, count: number): Promise<number> {
  const seq = (seen.telemetry("fast").at(-1)?.seq ?? 0) + count;
  await seen.next(`reading ${seq}`, isReading("fast", seq));
  return seq;
}

t.test(`kill -9 of the journal ${KILLS} times: what it had not confirmed is sent to the next`, async (t) => {
  const bench = await begin(t);
  const { test, seen } = bench;
  for (let kill = 1; kill <= KILLS; kill++) {
    await readingsMore(seen, READINGS_BETWEEN[kill - 1] ?? 0);
    const { pid } = (await statusOf(test)).components["journal"] ?? { pid: 0 };
    process.kill(pid, "SIGKILL");
    const lost = await seen.next(
      "the journal's loss",
      isAgentState(({ journal }) => journal.state === "starting"),
    );
    const back = await seen.next(
      "the journal again",
      isAgentState(({ journal }) => journal.state === "ok"),
    );
    if (lost.kind === "state" && back.kind === "state")
      t.comment(`note: back after ${((back.state.time - lost.state.time) / 1_000).toFixed(0)} ms`);
  }
  t.match((await statusOf(test)).components, { journal: { starts: 1 + KILLS }, bridge: { starts: 1 } });
  await check(t, bench);
});

t.test("told to restart it does, and loses nothing", async (t) => {
  const bench = await begin(t);
  const { test, seen } = bench;
  await readingsMore(seen, 100);
  const { state } = await test.client.push("pi", "restart-component", { component: "journal" });
  t.equal(state, "succeeded");
  await seen.next(
    "the journal again",
    isAgentState(({ journal }) => journal.state === "ok"),
  );
  t.match((await statusOf(test)).components, { journal: { phase: "live", starts: 2 } });
  await readingsMore(seen, 100);
  await check(t, bench);
});

t.test("stopped for 5 seconds, as behind a card that hangs: live goes on, then all is durable", async (t) => {
  const bench = await begin(t);
  const { test, seen } = bench;
  const { pid } = (await statusOf(test)).components["journal"] ?? { pid: 0 };
  process.kill(pid, "SIGSTOP");
  const before = seen.telemetry("fast").at(-1)?.time ?? 0;
  const after = await seen.next(
    "readings of 5 s more",
    (message) => message.kind === "telemetry" && message.time >= before + 5_000_000,
  );
  const durable = seen.messages.findLast((message) => message.kind === "state")?.state.durable["fast"] ?? 0;
  const { seq } = after as { seq: number };
  t.ok(seq - durable > 1_000, `${seq} is live while ${durable} is durable`);
  process.kill(pid, "SIGCONT");
  await seen.next("what was held", isDurable("fast", seq));
  t.match((await statusOf(test)).components, { journal: { starts: 1, pid } }, "the same process");
  await check(t, bench);
});
