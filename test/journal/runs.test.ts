import t from "tap";
import { decodeColumn, encodeColumn } from "../../src/journal/column.ts";
import { decodeRun, encodeRun, packRun, type Entry } from "../../src/journal/packed-run.ts";
import { bodyOf, mergeRuns, unpackRun } from "../../src/journal/run.ts";
import { encodeReading } from "../../src/message/index.ts";
import { bodyOf as headed, timeOf } from "../support/journal.ts";

t.test("column: what is equal takes nothing, what is not as few bytes as it needs", async (t) => {
  const cases: readonly (readonly [number[], number])[] = [
    [[], 9],
    [[7, 7, 7], 9],
    [[-3, 252], 9 + 2],
    [[0, 256, 3], 9 + 2 * 3],
    [[0, 2 ** 53 - 1], 9 + 7 * 2],
    [[-(2 ** 52), 2 ** 52 - 1], 9 + 7 * 2],
  ];
  for (const [values, bytes] of cases) {
    const column = encodeColumn(Float64Array.from(values));
    t.equal(column.length, bytes);
    t.same([...decodeColumn(column, 0, values.length).values], values);
  }
});

t.test("column: one that is cut is not read", async (t) => {
  const column = encodeColumn(Float64Array.of(1, 2, 300));
  for (let length = 0; length < column.length; length++)
    t.throws(() => decodeColumn(column.subarray(0, length), 0, 3), RangeError);
});

function entry(seq: number, body = headed("a", 7, seq)): Entry {
  return { epoch: 7, seq, timeUs: timeOf(seq), body };
}

/** Heads of every width. */
const SEQS = [1, 2, 5, 23, 24, 255, 256, 65_535, 65_536, 2 ** 24];
const TIMES = [0, 23, 24, 2 ** 32 - 1, 2 ** 32, 2 ** 52];
const WIDE = TIMES.flatMap((time, i) =>
  SEQS.map((low) => {
    const seq = low + i * 2 ** 31;
    const body = encodeReading({ epoch: 7, seq, time, clock: "synced", values: {} });
    return { epoch: 7, seq, timeUs: time, body };
  }),
);

/** Seqs, times and bodies as they come out of the stored bytes. */
function through(entries: readonly Entry[]): unknown {
  const run = unpackRun(decodeRun(encodeRun(packRun(entries))));
  return Array.from(run.seqs, (seq, i) => ({
    epoch: run.epoch,
    seq,
    timeUs: run.timesUs[i],
    body: bodyOf(run, i),
  }));
}

t.test("run: a head that follows from the number is not stored, and is there again", async (t) => {
  const packed = packRun(WIDE);
  // A map, three keys and three small numbers are 19 bytes.
  const tail = encodeReading({ epoch: 7, seq: 1, time: 0, clock: "synced", values: {} }).length - 19;
  t.equal(packed.form, 1);
  t.equal(packed.stored.length, WIDE.length * tail);
  t.same(through(WIDE), WIDE);
});

t.test("run: a body that begins otherwise is stored whole, and those beside it", async (t) => {
  const foreign = [
    Buffer.from([0]),
    headed("a", 8, 2),
    headed("a", 7, 3),
    headed("a", 7, 2).subarray(0, 20),
    Buffer.alloc(70_000, 1),
  ];
  for (const body of foreign) {
    const entries = [entry(1), entry(2, body), entry(3)];
    t.equal(packRun(entries).form, 0);
    t.same(through(entries), entries);
  }
});

t.test("run: put together, of either kind, cut at the bounds and at an epoch", async (t) => {
  const plain = [entry(1), entry(2)];
  const foreign = [entry(3, Buffer.from("other"))];
  const next = [{ ...entry(1), epoch: 8, body: headed("a", 8, 1) }];
  const runs = [plain, foreign, [entry(4)], next].map(packRun);
  const joined = mergeRuns(runs, 1e6, 100);
  t.same(
    joined.map(({ epoch, seqs }) => [epoch, ...seqs]),
    [
      [7, 1, 2, 3, 4],
      [8, 1],
    ],
  );
  const unpacked = joined.map(unpackRun);
  t.same(
    unpacked.flatMap((run) => Array.from(run.seqs, (_, i) => bodyOf(run, i))),
    [...plain, ...foreign, entry(4), ...next].map(({ body }) => body),
  );
  t.same(
    mergeRuns(runs, 1e6, 3).map(({ seqs }) => [...seqs]),
    [[1, 2, 3], [4], [1]],
  );
  t.equal(mergeRuns(runs, 1, 100).length, 4);
});

t.test("run: bytes that do not hold together are not read", async (t) => {
  const bytes = encodeRun(packRun([entry(1), entry(2), entry(4)]));
  for (let length = 0; length < bytes.length; length++)
    t.throws(() => decodeRun(bytes.subarray(0, length)), RangeError, `${length} bytes`);
  t.throws(() => decodeRun(Buffer.concat([bytes, Buffer.from([0])])), RangeError);
  const huge = Buffer.from(bytes);
  huge.writeUInt32LE(0xffff_ffff, 25);
  t.throws(() => decodeRun(huge), RangeError);
});
