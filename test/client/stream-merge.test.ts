import t from "tap";
import { StreamMerge, type MergeAnswer, type StreamStart } from "../../src/client/stream-merge.ts";
import type { Cursor, LostRange } from "../../src/message/index.ts";

/** `epoch/seq`, or `lost epoch/from-to`. */
class TextMerge {
  readonly merge: StreamMerge<Cursor, string>;

  constructor(start: StreamStart, capacity = 100) {
    this.merge = new StreamMerge({
      start,
      capacity,
      lostOf: ({ epoch, from, to }) => `lost ${epoch}/${from}-${to ?? ""}`,
    });
  }

  offer(epoch: number, ...seqs: readonly number[]): string[] {
    return seqs.flatMap((seq) => texts(this.merge.offer({ epoch, seq })));
  }

  /** Asks, if it is necessary, and answers at once. */
  replay(answer: Partial<MergeAnswer<Cursor>> & { readonly next: Cursor }): string[] {
    t.equal(this.merge.needsReplay, true, "a replay is needed");
    this.merge.ask();
    return texts(this.merge.take({ readings: [], lost: [], more: false, ...answer }));
  }
}

function texts(outputs: readonly (Cursor | string)[]): string[] {
  return outputs.map((output) => (typeof output === "string" ? output : `${output.epoch}/${output.seq}`));
}

function seqs(epoch: number, ...numbers: readonly number[]): Cursor[] {
  return numbers.map((seq) => ({ epoch, seq }));
}

t.test("from now on begins with the first live reading", async (t) => {
  const merge = new TextMerge("now");
  t.same(merge.offer(3, 17, 18, 18, 17, 19), ["3/17", "3/18", "3/19"]);
  t.equal(merge.merge.needsReplay, false);
  t.equal(merge.merge.duplicates, 2);
});

t.test("from now on, when the state came first: the last value, and what came between", async (t) => {
  const last = new TextMerge("now");
  last.merge.newest({ epoch: 1, seq: 5 });
  t.same(last.offer(1, 5, 6), ["1/5", "1/6"], "the last value that each subscriber gets");
  const missed = new TextMerge("now");
  missed.merge.newest({ epoch: 1, seq: 5 });
  t.same(missed.offer(1, 8), []);
  t.same(missed.replay({ readings: seqs(1, 6, 7), next: { epoch: 1, seq: 7 } }), ["1/6", "1/7", "1/8"]);
});

t.test("a gap that is not durable yet stays open until it is", async (t) => {
  const text = new TextMerge({ epoch: 1, seq: 4 });
  text.merge.durable({ epoch: 1, seq: 3 });
  t.same(text.offer(1, 7), []);
  t.equal(text.merge.needsReplay, false, "there is nothing to ask for");
  text.merge.durable({ epoch: 1, seq: 6 });
  const lost: LostRange[] = [{ epoch: 1, from: 5, to: 5 }];
  t.same(text.replay({ readings: seqs(1, 6), lost, next: { epoch: 1, seq: 6 } }), [
    "lost 1/5-5",
    "1/6",
    "1/7",
  ]);
});

t.test("a new epoch waits for what is durable of the old one", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  t.same(merge.offer(2, 1, 2), []);
  t.same(merge.replay({ readings: seqs(1, 5), next: { epoch: 1, seq: 5 } }), ["1/5", "2/1", "2/2"]);
});

t.test("an answer that was asked for before the agent started again closes nothing", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  t.same(merge.offer(1, 6), []);
  merge.merge.ask();
  t.same(merge.offer(2, 1), []);
  const answer = { readings: [], lost: [], next: { epoch: 1, seq: 4 }, more: false };
  t.same(merge.merge.take(answer), [], "5 may have become durable after that answer");
  t.same(merge.replay({ readings: seqs(1, 5, 6), next: { epoch: 1, seq: 6 } }), ["1/5", "1/6", "2/1"]);
});

t.test("what came live and never became durable is delivered, and the holes in it are lost", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  merge.offer(1, 6, 9);
  merge.merge.newest({ epoch: 1, seq: 11 });
  merge.offer(2, 2);
  t.same(merge.replay({ readings: seqs(2, 1), next: { epoch: 2, seq: 1 } }), [
    "lost 1/5-5",
    "1/6",
    "lost 1/7-8",
    "1/9",
    "lost 1/10-11",
    "2/1",
    "2/2",
  ]);
});

t.test("what the journal lost is not lost if it came live", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 0 });
  merge.offer(1, 3);
  const lost: LostRange[] = [{ epoch: 1, from: 2, to: 4 }];
  t.same(merge.replay({ readings: seqs(1, 1, 5), lost, next: { epoch: 1, seq: 5 } }), [
    "1/1",
    "lost 1/2-2",
    "1/3",
    "lost 1/4-4",
    "1/5",
  ]);
});

t.test("an epoch older than all that the journal knows has an open end", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  merge.merge.newest({ epoch: 7, seq: 2 });
  const lost: LostRange[] = [
    { epoch: 1, from: 5 },
    { epoch: 7, from: 1, to: 1 },
  ];
  t.same(merge.replay({ readings: seqs(7, 2), lost, next: { epoch: 7, seq: 2 } }), [
    "lost 1/5-",
    "lost 7/1-1",
    "7/2",
  ]);
  t.equal(merge.merge.needsReplay, false);
});

t.test("by time: begins where the answer begins, and live readings wait for it", async (t) => {
  const merge = new TextMerge("asked");
  t.same(merge.offer(2, 9), []);
  t.equal(merge.merge.ask(), undefined);
  t.same(merge.replay({ readings: seqs(2, 7, 8), next: { epoch: 2, seq: 8 } }), ["2/7", "2/8", "2/9"]);
  t.same(merge.merge.origin, { epoch: 2, seq: 6 });
});

t.test("the oldest live readings go when there are too many, and replay brings them", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 0 }, 2);
  merge.offer(1, 2, 3, 4, 5);
  t.equal(merge.merge.buffered, 2);
  t.same(merge.replay({ readings: seqs(1, 1, 2), next: { epoch: 1, seq: 2 }, more: true }), ["1/1", "1/2"]);
  t.same(merge.replay({ readings: seqs(1, 3), next: { epoch: 1, seq: 3 } }), ["1/3", "1/4", "1/5"]);
});

t.test("without a journal gaps are lost at once", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  merge.merge.newest({ epoch: 1, seq: 6 });
  merge.merge.withoutJournal();
  t.same(texts(merge.merge.release()), ["lost 1/5-6"]);
  t.same(merge.offer(1, 8), ["lost 1/7-7", "1/8"]);
  t.same(merge.offer(2, 1), ["2/1"], "an epoch that was listened to has no unknown end");
  t.equal(merge.merge.needsReplay, false);
});

t.test("an answer with more, or one that does not move, closes no epoch", async (t) => {
  const merge = new TextMerge({ epoch: 1, seq: 4 });
  merge.offer(2, 1);
  t.same(merge.replay({ readings: seqs(1, 5), next: { epoch: 1, seq: 5 }, more: true }), ["1/5"]);
  t.same(merge.replay({ next: { epoch: 1, seq: 5 } }), ["2/1"]);
});
