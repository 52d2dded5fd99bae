import { existsSync, readFileSync } from "node:fs";
import t, { type Test } from "tap";
import type { Reading } from "../../src/message/index.ts";
import { Collector } from "../support/agent.ts";
import { startCliAgent, statusOf, type CliAgent } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";
import { FastDevice } from "../support/fast-device.ts";
import { HostClock, noHostClock } from "../support/host-clock.ts";
import { isAgentState, isDurable, isWithoutGap, replayAll, stopDevice } from "../support/replay.ts";

t.setTimeout(120_000);

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** Two readings of a device of 500 a second are never so far apart unless a clock was set, µs. */
const STEP_US = 60_000_000;
const SETTLED = 2_000;
/** systemd-timesyncd makes it, and it is believed before timedatectl is asked. */
const timesynced = existsSync("/run/systemd/timesync/synchronized");

/** Readings are kept for a quarter of an hour, far less than what the clock is set by. */
const yaml = (clock: "auto" | "synced", port: string): string => `
clock: ${clock}
journal: { maxMegabytes: 20, maxAgeDays: 0.01, flushMs: 100 }
devices:
  fast: { driver: json-lines, port: ${port} }
`;

interface Bench {
  readonly host: HostClock;
  readonly test: CliAgent;
  readonly seen: Collector;
  readonly device: FastDevice;
}

async function begin(t: Test, clock: "auto" | "synced", offsetSeconds = 0): Promise<Bench> {
  const host = new HostClock(t.testdir());
  host.set(offsetSeconds);
  const device = new FastDevice({ linesPerSecond: 500, noise: 1_000 });
  t.teardown(() => device.close());
  const test = await startCliAgent(yaml(clock, device.path), { env: host.env });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a durable reading", isDurable("fast", 50));
  const { components } = await statusOf(test);
  for (const pid of [test.cli.child.pid, components["bridge"]?.pid, components["journal"]?.pid])
    t.match(readFileSync(`/proc/${pid}/maps`, "latin1"), /libfaketime/, "its clock can be set");
  return { host, test, seen, device };
}

/** So many readings more that the journal's intake, of 1.25 MB, was settled: in the archive they have a date and an age. */
async function goOn({ seen }: Bench): Promise<void> {
  const seq = (seen.telemetry("fast").at(-1)?.seq ?? 0) + SETTLED;
  await seen.next("readings after the step", isDurable("fast", seq));
}

/** `dunlin push` on the agent's own host: its deadline goes by the clock that was set. */
async function pushFromHost({ host, test }: Bench): Promise<unknown> {
  const args = ["push", "-a", test.address, "pi/fast", "send", "text=on", "--json"];
  const { stdout } = await dunlin(args, { env: host.env });
  return (JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { state?: string }).state;
}

/** Where the time of a reading is not a little later than that of the one before. */
function stepsIn(readings: readonly Reading[]): { seq: number; us: number }[] {
  const steps = readings.map(({ seq, time }, at) => ({ seq, us: time - (readings[at - 1]?.time ?? time) }));
  return steps.filter(({ us }) => us < 0 || us > STEP_US);
}

t.test(
  "set back an hour, and right again: times go on, commands run, nothing is deleted",
  { skip: noHostClock },
  async (t) => {
    const bench = await begin(t, "synced");
    const { host, test, seen } = bench;
    host.set(-HOUR_S);
    await goOn(bench);
    const { state } = await test.client.push("pi/fast", "send", { text: "on" }, { expiresMs: 30_000 });
    t.equal(state, "succeeded", "a command by a clock that is right");
    host.set(0);
    await goOn(bench);
    const last = await stopDevice(bench.device, "fast", seen);
    const live = seen.telemetry("fast");
    isWithoutGap(t, live, "live");
    t.same(stepsIn(live), [], "no time steps");
    const { readings, lost } = await replayAll(test.client, "fast");
    isWithoutGap(t, readings, "by replay");
    t.same([readings[0]?.seq, readings.at(-1)?.seq, lost], [1, last, []]);
    t.same(stepsIn(readings), []);
  },
);

t.test(
  "set back an hour, and the agent started anew: its readings come after the old ones all the same",
  { skip: noHostClock },
  async (t) => {
    const bench = await begin(t, "synced");
    const { host, test, seen } = bench;
    host.set(-HOUR_S);
    await goOn(bench);
    await test.cli.stop();
    await test.restart();
    await seen.next("the next epoch", isDurable("fast", 50, 2));
    const last = await stopDevice(bench.device, "fast", seen);
    const { readings, lost } = await replayAll(test.client, "fast");
    const [one, two] = [1, 2].map((wanted) => readings.filter(({ epoch }) => epoch === wanted));
    isWithoutGap(t, one ?? [], "epoch 1");
    isWithoutGap(t, two ?? [], "epoch 2");
    t.same(readings, [...(one ?? []), ...(two ?? [])], "in order");
    t.same([one?.[0]?.seq, two?.[0]?.seq, two?.at(-1)?.seq, lost], [1, 1, last, []]);
    t.ok((two?.[0]?.time ?? 0) < (one?.[0]?.time ?? 0), "though its clock said that they are older");
  },
);

t.test(
  "a host without a battery clock: unsynced and a day late, then synced and right, with one step of its times",
  { skip: noHostClock || (timesynced && "this host's clock counts as synchronised") },
  async (t) => {
    const bench = await begin(t, "auto", -DAY_S);
    const { host, test, seen } = bench;
    t.match(await statusOf(test), { clock: "unsynced" });
    const { state } = await test.client.push("pi/fast", "send", { text: "on" }, { expiresMs: 30_000 });
    t.equal(state, "succeeded", "a command by a clock that is right");
    t.equal(await pushFromHost(bench), "succeeded", "a command by the clock of the host");
    host.set(-DAY_S - HOUR_S);
    t.equal(await pushFromHost(bench), "succeeded", "and by one that was set back");
    await goOn(bench);

    host.set(0);
    host.say("yes");
    await seen.next(
      "synced",
      isAgentState(({ clock }) => clock === "synced"),
    );
    const isSynced = (reading: Reading): boolean => reading.clock === "synced";
    const first = await seen.first(
      "a reading",
      (message) => message.kind === "telemetry" && isSynced(message),
    );
    t.ok(Math.abs((first as Reading & typeof first).time / 1_000 - Date.now()) < 60_000, "its time is right");
    t.equal(await pushFromHost(bench), "succeeded");
    await goOn(bench);
    const last = await stopDevice(bench.device, "fast", seen);
    const live = seen.telemetry("fast");
    isWithoutGap(t, live, "live");
    const { readings, lost } = await replayAll(test.client, "fast");
    isWithoutGap(t, readings, "by replay");
    t.same([readings[0]?.seq, readings.at(-1)?.seq, lost], [1, last, []], "nothing is too old for that");
    const at = readings.findIndex(isSynced);
    t.same(
      readings.map(isSynced),
      readings.map((_, index) => index >= at),
      "unsynced, then synced",
    );
    t.match(stepsIn(readings), [{ seq: readings[at]?.seq }], "one step, where it says so");
  },
);
