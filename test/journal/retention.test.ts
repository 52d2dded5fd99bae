import { join } from "node:path";
import t from "tap";
import { BEFORE_ALL } from "../../src/message/index.ts";
import { bodyOf, HOUR_US, JournalBench, noise, numbers, readAll } from "../support/journal.ts";

const MIB = 1024 * 1024;

function noiseOf(_: string, __: number, seq: number): Buffer {
  return noise(2_000, seq);
}

/** Appends readings that cannot be compressed. @returns readings deleted meanwhile */
function pour(bench: JournalBench, from: number, to: number): number {
  let deleted = 0;
  for (let seq = from; seq <= to; seq++) {
    bench.journal.append("a", 1, seq, seq, noiseOf("a", 1, seq));
    if (seq % 20 !== 0 && seq !== to) continue;
    bench.passUs(1_000_000);
    const result = bench.journal.commit();
    if (result.fault) throw result.fault;
    deleted += result.deleted.get("a") ?? 0;
  }
  return deleted;
}

t.test(
  "by bytes: never larger than its bound, the oldest go, and what went is counted and said",
  async (t) => {
    const bench = new JournalBench(t.testdir());
    let deleted = 0;
    for (let from = 1; from < 5_000; from += 500) {
      deleted += pour(bench, from, from + 499);
      t.ok(bench.journal.status().bytes <= 4 * MIB, `${bench.journal.status().bytes} bytes`);
    }
    const { readings, lost } = readAll(bench.journal, "a", BEFORE_ALL, 100, noiseOf);
    t.ok(deleted > 2_000, `${deleted} deleted`);
    t.same(lost, [{ epoch: 1, from: 1, to: deleted }]);
    t.same(readings, numbers(1, deleted + 1, 5_000));
    t.match(bench.journal.streams(), [{ readings: 5_000 - deleted, first: { seq: deleted + 1 } }]);
    bench.journal.close();
  },
);

t.test(
  "by age: what is older goes, what is younger stays, and the end of an epoch is not forgotten",
  async (t) => {
    const bench = new JournalBench(t.testdir(), { maxAgeMs: 10 * 3_600_000 });
    bench.fill("a", 1, 1, 10);
    bench.settle();
    bench.fill("a", 2, 1, 10);
    bench.passUs(6 * HOUR_US);
    bench.settle();
    bench.passUs(3 * HOUR_US);
    t.same([...bench.journal.commit().deleted], [["a", 10]]);
    bench.reopen();
    t.same(readAll(bench.journal, "a", { epoch: 1, seq: 4 }), {
      readings: numbers(2, 1, 10),
      lost: [{ epoch: 1, from: 5, to: 10 }],
      next: { epoch: 2, seq: 10 },
    });
    bench.passUs(20 * HOUR_US);
    t.same([...bench.journal.commit().deleted], [["a", 10]]);
    t.same(readAll(bench.journal, "a", { epoch: 2, seq: 10 }).lost, []);
    t.same(readAll(bench.journal, "a", { epoch: 2, seq: 9 }).lost, [{ epoch: 2, from: 10, to: 10 }]);
    t.match(bench.journal.streams(), [
      { readings: 0, bodyBytes: 0, last: { epoch: 2, seq: 10 }, deleted: 20 },
    ]);
    bench.journal.close();
  },
);

t.test("by age: slow streams too, that never fill the intake", async (t) => {
  const bench = new JournalBench(t.testdir(), { maxAgeMs: 1_000 });
  let deleted = 0;
  for (let seq = 1; seq <= 100; seq++) {
    bench.append("a", 1, seq);
    bench.passUs(200_000);
    deleted += bench.journal.commit().deleted.get("a") ?? 0;
    const { readings } = readAll(bench.journal, "a");
    t.ok(readings.length <= 9, `${readings.length} kept`);
    t.same(readings, numbers(1, deleted + 1, seq));
  }
  bench.journal.close();
});

t.test(
  "a host whose clock is set right loses nothing for it, one whose clock goes back keeps no more",
  async (t) => {
    const bench = new JournalBench(t.testdir(), { maxAgeMs: 10 * 3_600_000 });
    bench.wallUs = 1_000_000;
    bench.fill("a", 1, 1, 10);
    bench.settle();
    bench.fill("a", 1, 11, 20);
    bench.wallUs = 1_795_000_000_000_000;
    t.equal(bench.journal.commit().deleted.size, 0);
    bench.passUs(HOUR_US);
    t.equal(bench.journal.commit().deleted.size, 0);
    bench.wallUs -= 5 * HOUR_US;
    t.equal(bench.journal.commit().deleted.size, 0);
    bench.passUs(12 * HOUR_US);
    t.same([...bench.journal.commit().deleted], [["a", 20]]);
    bench.journal.close();
  },
);

t.test("a bound that is lowered is kept after a few commits", async (t) => {
  const folder = join(t.testdir(), "j");
  const large = new JournalBench(folder, { maxBytes: 16 * MIB });
  pour(large, 1, 4_000);
  t.ok(large.journal.status().bytes > 8 * MIB);
  large.journal.close();
  const bench = new JournalBench(folder);
  let deleted = 0;
  for (let commits = 0; commits < 40; commits++) deleted += bench.journal.commit().deleted.get("a") ?? 0;
  t.ok(bench.journal.status().bytes <= 4 * MIB, `${bench.journal.status().bytes} bytes`);
  const { readings, lost } = readAll(bench.journal, "a", BEFORE_ALL, 100, noiseOf);
  t.same([readings, lost], [numbers(1, deleted + 1, 4_000), [{ epoch: 1, from: 1, to: deleted }]]);
  deleted += pour(bench, 4_001, 4_400);
  t.equal(readAll(bench.journal, "a", BEFORE_ALL, 100, noiseOf).readings.length, 4_400 - deleted);
  bench.journal.close();
});

t.test(
  "what is not committed in time is dropped, oldest first, counted, and said when it is read",
  async (t) => {
    const bench = new JournalBench(t.testdir(), { maxBufferedBytes: 10 * bodyOf("a", 1, 1).length });
    for (let seq = 1; seq <= 23; seq++) bench.append("a", 1, seq);
    bench.journal.commit();
    t.same(readAll(bench.journal, "a"), {
      readings: numbers(1, 14, 23),
      lost: [{ epoch: 1, from: 1, to: 13 }],
      next: { epoch: 1, seq: 23 },
    });
    t.match(bench.journal.streams(), [{ dropped: 13, readings: 10 }]);
    t.equal(bench.journal.status().droppedReadings, 13);
    bench.journal.close();
  },
);

t.test("a start every minute does not make it grow", async (t) => {
  const bench = new JournalBench(t.testdir());
  for (let epoch = 1; epoch <= 300; epoch++) {
    bench.fill("a", epoch, 1, 2);
    if (epoch % 100 === 0) bench.settle();
  }
  bench.reopen();
  const { readings, lost } = readAll(bench.journal, "a");
  t.same([readings.length, lost], [600, []]);
  bench.journal.close();
});
