import t from "tap";
import { BEFORE_ALL, type Cursor } from "../../src/message/index.ts";
import { Epochs, MAX_EPOCHS } from "../../src/journal/epochs.ts";
import { packRun } from "../../src/journal/packed-run.ts";
import { collect } from "../../src/journal/replay.ts";
import { unpackRun, type Run } from "../../src/journal/run.ts";

const ALL = { readings: 1e6, bytes: 1e9 };

function run(epoch: number, ...seqs: number[]): Run {
  return unpackRun(packRun(seqs.map((seq) => ({ epoch, seq, timeUs: 0, body: Buffer.from([seq]) }))));
}

function known(...lasts: (readonly [epoch: number, seq: number])[]): Cursor[] {
  return lasts.map(([epoch, seq]) => ({ epoch, seq }));
}

function told(after: Cursor, runs: readonly Run[], lasts: readonly Cursor[], limit = ALL): unknown {
  const { readings, lost, next, more } = collect(after, runs, lasts, limit);
  return {
    readings: readings.map(({ epoch, seq }) => `${epoch}/${seq}`).join(" "),
    lost: lost.map(({ epoch, from, to }) => `${epoch}/${from}-${to ?? ""}`).join(" "),
    next: `${next.epoch}/${next.seq}`,
    more,
  };
}

t.test("nothing is passed over: every gap is said", async (t) => {
  const runs = [run(2, 3, 4, 7), run(3, 1), run(5, 2)];
  const lasts = known([2, 9], [3, 1], [4, 6], [5, 8]);
  t.same(told(BEFORE_ALL, runs, lasts), {
    readings: "2/3 2/4 2/7 3/1 5/2",
    lost: "2/1-2 2/5-6 2/8-9 4/1-6 5/1-1 5/3-8",
    next: "5/8",
    more: false,
  });
  t.same(told({ epoch: 2, seq: 5 }, runs, lasts), {
    readings: "2/7 3/1 5/2",
    lost: "2/6-6 2/8-9 4/1-6 5/1-1 5/3-8",
    next: "5/8",
    more: false,
  });
});

t.test("all of it deleted: all of it is said", async (t) => {
  t.same(told({ epoch: 1, seq: 5 }, [], known([1, 10], [2, 3])), {
    readings: "",
    lost: "1/6-10 2/1-3",
    next: "2/3",
    more: false,
  });
});

t.test("an epoch older than all that is known is lost with an open end", async (t) => {
  t.same(told({ epoch: 3, seq: 5 }, [run(7, 1)], known([6, 2], [7, 1])), {
    readings: "7/1",
    lost: "3/6- 6/1-2",
    next: "7/1",
    more: false,
  });
});

t.test("an epoch that had nothing durable is not lost", async (t) => {
  t.same(told({ epoch: 4, seq: 5 }, [run(7, 1)], known([3, 2], [7, 1])), {
    readings: "7/1",
    lost: "",
    next: "7/1",
    more: false,
  });
});

t.test("a subscriber that has more than is durable loses nothing", async (t) => {
  for (const after of [
    { epoch: 7, seq: 90 },
    { epoch: 8, seq: 1 },
  ])
    t.match(told(after, [run(7, 1)], known([7, 1])), { readings: "", lost: "", more: false });
});

t.test("runs that overlap or go back give each reading once", async (t) => {
  const runs = [run(1, 1, 2), run(1, 2, 3), run(1, 1), run(1, 4)];
  t.match(told(BEFORE_ALL, runs, known([1, 4])), { readings: "1/1 1/2 1/3 1/4", lost: "" });
});

t.test("in small steps it says the same", async (t) => {
  const runs = [run(2, 3, 4, 7), run(3, 1), run(5, 2)];
  const lasts = known([2, 9], [3, 1], [4, 6], [5, 8]);
  const whole = collect(BEFORE_ALL, runs, lasts, ALL);
  const readings = [];
  const lost = [];
  let next = BEFORE_ALL;
  for (let more = true; more;) {
    const answer = collect(next, runs, lasts, { readings: 1, bytes: 1 });
    t.ok(answer.readings.length <= 1);
    readings.push(...answer.readings);
    lost.push(...answer.lost);
    ({ next, more } = answer);
  }
  t.same({ readings, lost, next }, { readings: whole.readings, lost: whole.lost, next: whole.next });
});

t.test("a stream full of gaps is told in several answers", async (t) => {
  const seqs = Array.from({ length: 3_000 }, (_, i) => 2 * i + 2);
  const runs = [run(1, ...seqs)];
  const first = collect(BEFORE_ALL, runs, known([1, 6_000]), ALL);
  t.same([first.lost.length, first.readings.length, first.more], [1_000, 1_000, true]);
  const second = collect(first.next, runs, known([1, 6_000]), ALL);
  t.same([second.lost[0], second.readings[0]?.seq], [{ epoch: 1, from: 2_001, to: 2_001 }, 2_002]);
});

t.test("epochs: the newest of each, by rising epoch, the oldest forgotten", async (t) => {
  const epochs = new Epochs();
  epochs.note("a", { epoch: 5, seq: 3 });
  epochs.restore("a", { epoch: 2, seq: 9 });
  epochs.note("a", { epoch: 5, seq: 8 });
  epochs.note("a", { epoch: 5, seq: 7 });
  t.same(epochs.of("a"), known([2, 9], [5, 8]));
  t.same([...epochs.unsaved()], [["a", { epoch: 5, seq: 8 }]]);
  epochs.saved();
  t.same([...epochs.unsaved()], []);
  epochs.saveAll();
  t.equal([...epochs.unsaved()].length, 2);
  for (let epoch = 6; epoch < 1_000; epoch++) epochs.note("a", { epoch, seq: 1 });
  t.equal(epochs.prune("a", 6), 2, "as long as there are readings");
  t.equal(epochs.prune("a", 500), 500 - MAX_EPOCHS);
  t.equal(epochs.of("a")[0]?.epoch, 500 - MAX_EPOCHS);
  t.equal(epochs.prune("a", 2_000), 1_000 - MAX_EPOCHS);
  t.equal(epochs.prune("none", 5), 0);
});
