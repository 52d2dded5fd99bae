import fc from "fast-check";
import t from "tap";
import { HoldBudget, StreamFeed } from "../../src/hub/stream-feed.ts";
import { encodeReading, headOf, isAfter, type Cursor } from "../../src/message/index.ts";

/** What an agent has: epochs with so many readings each, all in its journal. */
const agents = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 });
/** What happens to each live reading on its way, and when the hub asks the agent. */
const fates = fc.array(fc.constantFrom("live", "lost", "twice", "replay"), { minLength: 60, maxLength: 60 });

const body = ({ epoch, seq }: Cursor): Buffer =>
  encodeReading({ epoch, seq, time: epoch * 1_000_000 + seq, clock: "synced", values: { n: seq } });

function journalOf(counts: readonly number[]): Cursor[] {
  return counts.flatMap((count, i) =>
    Array.from({ length: count }, (_, j) => ({ epoch: i + 1, seq: j + 1 })),
  );
}

/** The agent's answer to a replay from `after`, of what it has up to now. */
function replay(had: readonly Cursor[], after: Cursor, limit: number) {
  const later = had.filter((place) => isAfter(place, after));
  const readings = later.slice(0, limit);
  return { bodies: readings.map(body), lost: [], next: readings.at(-1) ?? after, more: later.length > limit };
}

t.test(
  "whatever is lost, doubled or asked for, the journal gets each reading once and in order",
  async (t) => {
    fc.assert(
      fc.property(agents, fates, fc.integer({ min: 1, max: 5 }), (counts, ways, limit) => {
        const all = journalOf(counts);
        const kept: Cursor[] = [];
        const budget = new HoldBudget(1_000_000);
        const feed = new StreamFeed(
          "pi",
          "gps",
          { epoch: 0, seq: 0 },
          (_, one) => kept.push(headOf(one) as Cursor),
          budget,
        );
        all.forEach((place, i) => {
          const fate = ways[i % ways.length];
          if (fate !== "lost") feed.offer(body(place));
          if (fate === "twice") feed.offer(body(place));
          if (fate !== "replay" || !feed.behind) return;
          feed.take(replay(all.slice(0, i + 1), feed.ask() ?? { epoch: 0, seq: 0 }, limit));
        });
        const newest = all.at(-1);
        if (newest) feed.note(newest);
        for (let rounds = 0; feed.behind && rounds < 100; rounds++)
          feed.take(replay(all, feed.ask() ?? { epoch: 0, seq: 0 }, limit));
        t.notOk(feed.behind);
        t.equal(budget.bytes, 0);
        t.same(
          kept.map(({ epoch, seq }) => [epoch, seq]),
          all.map(({ epoch, seq }) => [epoch, seq]),
        );
        return true;
      }),
      { numRuns: 300 },
    );
  },
);

t.test("what is held for what lies before it is bounded, and comes by replay", async (t) => {
  const kept: Cursor[] = [];
  const budget = new HoldBudget(2_000);
  const feed = new StreamFeed(
    "pi",
    "gps",
    { epoch: 0, seq: 0 },
    (_, one) => kept.push(headOf(one) as Cursor),
    budget,
  );
  const all = journalOf([500]);
  for (const place of all) t.not(feed.offer(body(place)), "next");
  t.ok(budget.bytes <= 2_000, `${budget.bytes} bytes are held`);
  while (feed.behind) feed.take(replay(all, feed.ask() ?? { epoch: 0, seq: 0 }, 100));
  t.equal(kept.length, 500);
  t.equal(budget.bytes, 0);
});

t.test(
  "of an agent that keeps no journal what is held follows, and the rest is counted as lost",
  async (t) => {
    const kept: Cursor[] = [];
    const feed = new StreamFeed(
      "pi",
      "gps",
      { epoch: 1, seq: 3 },
      (_, one) => kept.push(headOf(one) as Cursor),
      new HoldBudget(1e6),
    );
    t.equal(feed.offer(body({ epoch: 1, seq: 4 })), "next");
    t.equal(feed.offer(body({ epoch: 1, seq: 7 })), "ahead");
    feed.giveUp();
    t.same(
      kept.map(({ seq }) => seq),
      [4, 7],
    );
    t.equal(feed.lost, 2);
    t.equal(feed.offer(body({ epoch: 1, seq: 8 })), "next");
    t.equal(feed.offer(body({ epoch: 1, seq: 8 })), "stale");
    t.equal(feed.offer(Buffer.from("not a reading")), "invalid");
  },
);
