import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Journal, MIN_JOURNAL_BYTES } from "../../src/journal/index.ts";
import { BEFORE_ALL } from "../../src/message/index.ts";
import { bodyOf, HOUR_US, JournalBench, numbers, readAll, timeOf } from "../support/journal.ts";

t.test("nothing can be read before it is committed, and all of it after", async (t) => {
  const bench = new JournalBench(t.testdir());
  for (let seq = 1; seq <= 10; seq++) t.equal(bench.append("a", 1, seq), true);
  t.same(readAll(bench.journal, "a").readings, []);
  t.same(bench.journal.status().bufferedReadings, 10);
  const { durable, fault } = bench.journal.commit();
  t.same([...durable], [["a", { epoch: 1, seq: 10 }]]);
  t.equal(fault, undefined);
  t.same(readAll(bench.journal, "a").readings, numbers(1, 1, 10));
  t.same(bench.journal.commit().durable.size, 0);
  bench.journal.close();
});

t.test("what is committed is there after a start, settled or not, and goes on", async (t) => {
  const bench = new JournalBench(join(t.testdir(), "j"));
  bench.fill("a", 1, 1, 300);
  bench.settle();
  bench.fill("a", 1, 301, 400);
  bench.fill("b", 1, 1, 5);
  t.equal(bench.reopen().quarantined, undefined);
  t.same(readAll(bench.journal, "a", BEFORE_ALL, 7).readings, numbers(1, 1, 400));
  t.equal(bench.crash().quarantined, undefined);
  bench.fill("a", 2, 1, 50);
  bench.settle();
  bench.crash();
  t.same(readAll(bench.journal, "a"), {
    readings: [...numbers(1, 1, 400), ...numbers(2, 1, 50)],
    lost: [],
    next: { epoch: 2, seq: 50 },
  });
  t.same(readAll(bench.journal, "b").readings, numbers(1, 1, 5));
  t.same(bench.journal.streams(), [
    {
      stream: "a",
      first: { epoch: 1, seq: 1 },
      last: { epoch: 2, seq: 50 },
      readings: 450,
      bodyBytes: bodyBytes("a", 1, 400) + bodyBytes("a", 2, 50),
      deleted: 0,
      dropped: 0,
    },
    {
      stream: "b",
      first: { epoch: 1, seq: 1 },
      last: { epoch: 1, seq: 5 },
      readings: 5,
      bodyBytes: bodyBytes("b", 1, 5),
      deleted: 0,
      dropped: 0,
    },
  ]);
  bench.journal.close();
});

function bodyBytes(stream: string, epoch: number, to: number): number {
  return Array.from({ length: to }, (_, i) => bodyOf(stream, epoch, i + 1).length).reduce((a, b) => a + b, 0);
}

t.test("a cursor anywhere gives what comes after it", async (t) => {
  const bench = new JournalBench(t.testdir());
  bench.fill("a", 3, 1, 100);
  bench.settle();
  bench.fill("a", 3, 101, 150);
  bench.fill("a", 4, 1, 10);
  const after = (epoch: number, seq: number): readonly string[] =>
    readAll(bench.journal, "a", { epoch, seq }).readings;
  const all = [...numbers(3, 1, 150), ...numbers(4, 1, 10)];
  for (const [index, number] of all.entries()) {
    const [epoch, seq] = number.split("/").map(Number) as [number, number];
    t.same(after(epoch, seq), all.slice(index + 1), number);
  }
  t.same(after(3, 999), numbers(4, 1, 10));
  t.same(after(4, 999), []);
  t.same(after(9, 1), []);
  t.same(readAll(bench.journal, "none").readings, []);
  bench.journal.close();
});

t.test("an answer keeps its limits, and gives one reading in any case", async (t) => {
  const bench = new JournalBench(t.testdir());
  bench.fill("a", 1, 1, 100);
  const body = bodyOf("a", 1, 1).length;
  const counts = [
    { readings: 7, bytes: 1e6 },
    { readings: 1e6, bytes: 3 * body },
    { readings: 1e6, bytes: 1 },
  ].map((limit) => bench.journal.read("a", BEFORE_ALL, limit).readings.length);
  t.same(counts, [7, 3, 1]);
  t.equal(bench.journal.read("a", { epoch: 1, seq: 93 }, { readings: 7, bytes: 1e6 }).more, false);
  t.equal(bench.journal.read("a", { epoch: 1, seq: 92 }, { readings: 7, bytes: 1e6 }).more, true);
  bench.journal.close();
});

t.test("by time: the first reading that is not older, settled or not", async (t) => {
  const bench = new JournalBench(t.testdir());
  bench.fill("a", 1, 1, 100);
  bench.settle();
  bench.fill("a", 1, 101, 200);
  const seqs = [0, timeOf(1), timeOf(50) - 1, timeOf(100) + 1, timeOf(200), timeOf(201)].map(
    (from) => bench.journal.readByTime("a", from).seq,
  );
  t.same(seqs, [0, 0, 49, 100, 199, 200]);
  t.same(bench.journal.readByTime("none", 0), BEFORE_ALL);
  bench.journal.close();
});

t.test("a reading that is not newer is refused and counted, also after a start", async (t) => {
  const bench = new JournalBench(t.testdir());
  bench.fill("a", 5, 1, 10);
  t.same(
    [bench.append("a", 5, 10), bench.append("a", 4, 99), bench.append("b", 4, 99)],
    [false, false, true],
  );
  t.equal(bench.journal.status().refusedReadings, 2);
  bench.reopen();
  t.equal(bench.append("a", 5, 10), false);
  t.equal(bench.append("a", 5, 11), true);
  bench.journal.close();
});

t.test("what cannot be kept as it is is not taken", async (t) => {
  const { journal } = new JournalBench(t.testdir());
  const body = Buffer.from([1]);
  const invalid = { code: "message-invalid" };
  t.throws(() => journal.append("", 1, 1, 1, body), invalid);
  t.throws(() => journal.append("x".repeat(256), 1, 1, 1, body), invalid);
  t.throws(() => journal.append("a", 0, 1, 1, body), invalid);
  t.throws(() => journal.append("a", 1, 1.5, 1, body), invalid);
  t.throws(() => journal.append("a", 1, 1, -1, body), invalid);
  t.throws(() => journal.append("a", 1, 1, 2 ** 53, body), invalid);
  t.throws(() => journal.append("a", 1, 1, 1, Buffer.alloc(0)), invalid);
  t.throws(() => journal.append("a", 1, 1, 1, Buffer.alloc(65_537)), { code: "message-too-large" });
  t.equal(journal.status().bufferedReadings, 0);
  journal.close();
});

t.test("any bytes are given back as they came, whoever encoded them", async (t) => {
  const bench = new JournalBench(t.testdir());
  const foreign = (seq: number): Buffer =>
    seq % 3 === 0 ? bodyOf("a", 1, seq) : Buffer.alloc(1 + ((seq * 7919) % 65_536), seq);
  for (let seq = 1; seq <= 100; seq++) bench.journal.append("a", 1, seq, (seq % 7) * 1e12, foreign(seq));
  bench.journal.commit();
  bench.settle();
  bench.reopen();
  const expected = (_: string, __: number, seq: number): Buffer => foreign(seq);
  t.same(readAll(bench.journal, "a", BEFORE_ALL, 10, expected).readings, numbers(1, 1, 100));
  bench.journal.close();
});

t.test("close commits, may be called again, and nothing is taken after it", async (t) => {
  const bench = new JournalBench(t.testdir());
  bench.append("a", 1, 1);
  bench.journal.close();
  bench.journal.close();
  t.equal(bench.append("a", 1, 2), false);
  t.same(bench.journal.commit().durable.size, 0);
  t.throws(() => bench.journal.streams(), { code: "internal" });
  t.same(readAll(bench.open().journal, "a").readings, numbers(1, 1, 1));
});

t.test("it does not begin where it cannot write, and says where that is", async (t) => {
  const folder = t.testdir({ file: "" });
  const options = { maxBytes: 4_194_304, maxAgeMs: HOUR_US, lowDiskBytes: 0, now: () => 0 };
  t.throws(() => Journal.open({ ...options, path: join(folder, "file") }), { code: "state-unwritable" });
  mkdirSync(join(folder, "taken", "journal.db"), { recursive: true });
  t.throws(() => Journal.open({ ...options, path: join(folder, "taken") }), {
    code: "state-unwritable",
    message: /taken/,
  });
  t.throws(() => Journal.open({ ...options, path: folder, maxBytes: MIN_JOURNAL_BYTES - 1 }), {
    code: "config-invalid",
  });
});

t.test("two cannot have the same journal", async (t) => {
  const bench = new JournalBench(t.testdir());
  t.throws(() => bench.open(), { code: "state-unwritable", message: /another process/ });
  bench.fill("a", 1, 1, 3);
  bench.journal.close();
  t.same(readAll(bench.open().journal, "a").readings, numbers(1, 1, 3));
});

t.test("its files are for this user only", async (t) => {
  const bench = new JournalBench(join(t.testdir(), "new", "folder"));
  bench.fill("a", 1, 1, 1);
  bench.settle();
  for (const name of readdirSync(bench.folder))
    t.equal(statSync(join(bench.folder, name)).mode & 0o077, 0, name);
  bench.journal.close();
});
