import t from "tap";
import { Backfill } from "../../src/hub/backfill.ts";
import { HoldBudget, StreamFeed } from "../../src/hub/stream-feed.ts";
import { encodeReading, encodeReplay, type Cursor } from "../../src/message/index.ts";

/** Agents with one stream each, of which the hub has nothing yet; the test answers for them. */
function fleet(backlogs: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const kept: string[] = [];
  const waiting: {
    agent: string;
    query: Readonly<Record<string, unknown>>;
    reply: (body: Buffer) => void;
  }[] = [];
  const host = { isBusy: false };
  const backfill = new Backfill({
    ask: (agent, query) => {
      asked.push(agent);
      return new Promise((reply) => waiting.push({ agent, query, reply }));
    },
    isBusy: () => host.isBusy,
    onFault: (error) => {
      throw error;
    },
  });
  const budget = new HoldBudget(1_000_000);
  const feeds = new Map(
    Object.entries(backlogs).map(([agent, seq]) => {
      const append = (): void => void kept.push(agent);
      const feed = new StreamFeed(agent, "gps", { epoch: 1, seq: 0 }, append, budget);
      feed.note({ epoch: 1, seq });
      return [agent, feed];
    }),
  );
  const want = (): void => {
    for (const feed of feeds.values()) backfill.want(feed);
  };
  /** Answers the oldest question with a hundred readings at most. */
  const answerOne = async (): Promise<void> => {
    const one = waiting.shift();
    if (!one) return;
    const from = Number(one.query["seq"] ?? 0);
    const to = Math.min(from + 100, backlogs[one.agent] ?? 0);
    const bodies = Array.from({ length: to - from }, (_, at) => body({ epoch: 1, seq: from + at + 1 }));
    one.reply(
      encodeReplay({ bodies, lost: [], next: { epoch: 1, seq: to }, more: to < (backlogs[one.agent] ?? 0) }),
    );
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { backfill, feeds, asked, kept, waiting, host, want, answerOne };
}

const body = ({ epoch, seq }: Cursor): Buffer =>
  encodeReading({ epoch, seq, time: seq, clock: "synced", values: { n: seq } });

t.test("a big backlog of one agent does not delay the others: each has its turn", async (t) => {
  const small = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`pi-${at}`, 100]));
  const { backfill, feeds, asked, waiting, want, answerOne } = fleet({ big: 100_000, ...small });
  want();
  t.ok(waiting.length <= 8, "no more than a few questions at once");
  t.equal(new Set(waiting.map(({ agent }) => agent)).size, waiting.length, "and one at a time of an agent");
  for (let n = 0; n < 40; n++) await answerOne();
  for (const [agent, feed] of feeds) if (agent !== "big") t.notOk(feed.behind, `${agent} has all`);
  t.ok(feeds.get("big")?.behind, "while the big one goes on");
  t.ok(asked.filter((agent) => agent === "big").length > 1);
  backfill.close();
});

t.test("while the hub's own journal is behind nobody is asked: what is live goes first", async (t) => {
  const { backfill, host, waiting, want } = fleet({ pi: 100 });
  host.isBusy = true;
  want();
  t.equal(waiting.length, 0);
  host.isBusy = false;
  while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  t.equal(waiting.length, 1);
  backfill.close();
});

t.test(
  "an agent that is away is forgotten: its late answer changes nothing, and others are asked in its place",
  async (t) => {
    const { backfill, feeds, kept, waiting, want, answerOne } = fleet({ pi: 100, other: 100 });
    want();
    t.strictSame(
      waiting.map(({ agent }) => agent),
      ["pi", "other"],
    );
    backfill.forget("pi");
    await answerOne();
    t.notOk(kept.includes("pi"));
    await answerOne();
    t.notOk(feeds.get("other")?.behind);
    t.equal(kept.length, 100);
    want();
    t.equal(waiting.at(-1)?.agent, "pi", "it is asked anew when it is wanted anew");
    backfill.close();
  },
);
