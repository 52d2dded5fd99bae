import t, { type Test } from "tap";
import { Collector, isReading } from "../support/agent.ts";
import { startCliAgent, statusOf, untilStatus, type CliAgent } from "../support/cli-agent.ts";
import { FastDevice } from "../support/fast-device.ts";
import { isAgentState, isDurable, isWithoutGap, replayAll, stopDevice } from "../support/replay.ts";
import { noSmallDisk, SmallDisk } from "../support/small-disk.ts";

/** The journal may take more than there is, so that it is the disk that is full and not the journal. */
const YAML = (port: string): string => `
journal: { maxMegabytes: 20, lowDiskMegabytes: 1, flushMs: 100 }
devices:
  fast: { driver: json-lines, port: ${port} }
`;
/** Of the journal's files with some settlings in the archive. */
const GROWN_BYTES = 5_000_000;
/** So many readings that the intake, of 1.25 MB, has to be settled at least twice. */
const SETTLED_TWICE = 4_000;
/** Enough for the epoch's file, but not for a journal. */
const EPOCH_ONLY_BYTES = 64 * 1024;

t.setTimeout(120_000);

interface Bench {
  readonly test: CliAgent;
  readonly seen: Collector;
  readonly device: FastDevice;
  readonly disk: SmallDisk;
}

/** An agent whose state is on a small disk, and a device of 1 MB a second that nobody can compress to less than 3/4. */
async function begin(t: Test, prepare: (disk: SmallDisk) => void = () => {}): Promise<Bench> {
  const disk = new SmallDisk();
  const device = new FastDevice({ linesPerSecond: 1_000, noise: 1_000 });
  prepare(disk);
  const test = await startCliAgent(YAML(device.path), { stateDirectory: disk.path });
  // In this order: what is mounted is busy as long as the agent runs.
  t.teardown(async () => {
    await device.close();
    await test.close();
    disk.close();
  });
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a reading", isReading("fast"));
  return { test, seen, device, disk };
}

function newest({ seen }: Bench): number {
  return seen.telemetry("fast").at(-1)?.seq ?? 0;
}

const isOk = isAgentState(({ journal }) => journal.state === "ok");
const isFull = isAgentState(({ journal }) => journal.state === "failing" && journal.code === "disk-full");

/** Stops the device and shows that live had no gap, and that what the disk has is all from some reading on. */
async function check(t: Test, bench: Bench): Promise<{ firstKept: number }> {
  const { test, seen, device } = bench;
  const last = await stopDevice(device, "fast", seen);
  isWithoutGap(t, seen.telemetry("fast"), "live");
  const { readings, lost } = await replayAll(test.client, "fast");
  isWithoutGap(t, readings, "by replay");
  t.equal(readings.at(-1)?.seq, last);
  const firstKept = readings[0]?.seq ?? 0;
  t.same(
    lost,
    firstKept === 1 ? [] : [{ epoch: 1, from: 1, to: firstKept - 1 }],
    "what is not there is said",
  );
  t.match(await statusOf(test), {
    journal: { state: "ok", diskLow: 0, dropped: 0 },
    components: { journal: { starts: 1 } },
  });
  return { firstKept };
}

t.test(
  "it gets full: the journal overwrites its oldest, and grows again",
  { skip: noSmallDisk },
  async (t) => {
    const bench = await begin(t);
    const { test, seen, disk } = bench;
    await untilStatus(test, "some megabytes", ({ journal }) => journal.bytes > GROWN_BYTES);
    disk.fill();
    const { journal: before } = await untilStatus(test, "low", ({ journal }) => journal.diskLow === 1);
    await seen.next("more than the intake", isDurable("fast", newest(bench) + SETTLED_TWICE));
    const { journal: full } = await statusOf(test);
    t.match(full, { state: "ok", diskLow: 1, freeBytes: 0, bytes: before.bytes });
    disk.empty();
    await untilStatus(test, "growth", ({ journal }) => journal.bytes > before.bytes);
    const { firstKept } = await check(t, bench);
    t.ok(firstKept > 1, "the oldest have gone");
  },
);

t.test(
  "it is full at the first start: the journal begins when there is room",
  { skip: noSmallDisk },
  async (t) => {
    const bench = await begin(t, (disk) => disk.fill(EPOCH_ONLY_BYTES));
    const { test, seen, disk } = bench;
    await seen.first("disk-full", isFull);
    await seen.next("live readings", isReading("fast", newest(bench) + 1_000));
    t.match((await statusOf(test)).journal, {
      state: "failing",
      code: "disk-full",
      reason: /cannot write the journal in .*: ENOSPC.*; make room on this file system, or/,
    });
    await t.rejects(replayAll(test.client, "fast"), { code: "disk-full", message: /ENOSPC/ });
    disk.empty();
    await seen.next("the journal", isOk);
    t.equal((await check(t, bench)).firstKept, 1, "what was held is durable");
  },
);

t.test("it gets full before the archive has any space of its own", { skip: noSmallDisk }, async (t) => {
  const bench = await begin(t);
  const { test, seen, disk } = bench;
  await seen.first("a durable reading", isDurable("fast", 1));
  disk.fill();
  await seen.next("disk-full", isFull);
  await seen.next("live readings", isReading("fast", newest(bench) + 1_000));
  t.match((await statusOf(test)).journal, {
    state: "failing",
    code: "disk-full",
    reason: /no room for the journal's archive in .*; make room on this file system, or/,
  });
  disk.empty();
  await seen.next("the journal", isOk);
  await check(t, bench);
});
