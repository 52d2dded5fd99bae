import fc from "fast-check";
import t from "tap";
import { isInWindow, Rollout, type Progress } from "../../src/hub/rollout.ts";
import type { RolloutPlan } from "../../src/message/index.ts";

const MINUTE_MS = 60_000;

function at(more: Partial<Progress>): Progress {
  return { waiting: 100, ready: 100, released: 0, underWay: 0, outcomes: [], ...more };
}

function count(plan: RolloutPlan, progress: Partial<Progress>, nowMs = 0): number | string {
  const step = new Rollout(plan).next(at(progress), nowMs);
  return step.type === "release" ? step.count : step.reason;
}

t.test("without a plan all that are there go at once", async (t) => {
  t.equal(count({}, {}), 100);
  t.equal(count({}, { ready: 7 }), 7);
  t.equal(count({}, { waiting: 0, ready: 0 }), 0);
});

t.test("the canary goes first, and the others when it has ended", async (t) => {
  const plan = { canary: 5 };
  t.equal(count(plan, {}), 5);
  t.equal(count(plan, { released: 3, underWay: 3 }), 2);
  t.equal(count(plan, { released: 5, underWay: 1, outcomes: [false, false, false, false] }), 0);
  t.equal(count(plan, { released: 5, outcomes: [false, false, false, false, false] }), 100);
});

t.test("of a canary none may fail, or no more than the share that is given, however few it is", async (t) => {
  const outcomes = [false, true, false, false, false];
  t.match(count({ canary: 5 }, { released: 5, outcomes }), /1 of the canary's 5 failed; at most 0 % may/);
  t.match(count({ canary: 5, abortShare: 0.1 }, { released: 5, outcomes }), /at most 10 % may/);
  t.equal(count({ canary: 5, abortShare: 0.2 }, { released: 5, outcomes }), 100);
  t.equal(count({ canary: 5 }, { released: 105, outcomes }), 100, "later only a share counts");
});

t.test("a batch goes when the one before has ended", async (t) => {
  t.equal(count({ batch: 10 }, {}), 10);
  t.equal(count({ batch: 10 }, { released: 10, underWay: 1 }), 0);
  t.equal(count({ batch: 10 }, { released: 10 }), 10);
});

t.test(
  "the share is that of the last runs: a fault that comes late does not hide behind a good start",
  async (t) => {
    const plan = { batch: 10, abortShare: 0.1 };
    const good = Array<boolean>(20).fill(false);
    const third = [...Array<boolean>(8).fill(false), true, true];
    t.match(
      count(plan, { released: 30, outcomes: [...good, ...third] }),
      /2 of the last 10 failed; at most 10 % may/,
    );
    t.equal(
      count(plan, { released: 30, outcomes: [...good, ...third.slice(0, 9), false] }),
      10,
      "one in ten may",
    );
    t.equal(
      count(plan, { released: 9, underWay: 0, outcomes: Array<boolean>(9).fill(true) }),
      10,
      "too few to say",
    );
    t.equal(count(plan, { waiting: 0, ready: 0, outcomes: third }), 0, "there is nobody left to spare");
  },
);

t.test("a rate is kept over any minute, also after a pause", async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 200 }),
      (ratePerMinute, waits) => {
        const rollout = new Rollout({ ratePerMinute });
        const released: number[] = [];
        let nowMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          const step = rollout.next(at({ waiting: 1e6, ready: 1e6, released: released.length }), nowMs);
          if (step.type === "release") for (let i = 0; i < step.count; i++) released.push(nowMs);
        }
        const burst = Math.max(1, (ratePerMinute * 2_000) / MINUTE_MS);
        for (const from of released) {
          const within = released.filter((ms) => ms >= from && ms < from + MINUTE_MS).length;
          if (within > ratePerMinute + burst + 1) return false;
        }
        return true;
      },
    ),
  );
  const steady = new Rollout({ ratePerMinute: 60 });
  const counts = Array.from({ length: 60 }, (_, second) => steady.next(at({}), second * 1_000));
  t.ok(
    counts.every((step) => step.type === "release" && step.count === 1),
    "one each second",
  );
});

t.test("only in its window, over midnight too; UTC", async (t) => {
  const ms = (hours: number, minutes = 0): number => (hours * 60 + minutes) * MINUTE_MS;
  t.equal(isInWindow("22:00-04:30", ms(23)), true);
  t.equal(isInWindow("22:00-04:30", ms(4, 29)), true);
  t.equal(isInWindow("22:00-04:30", ms(4, 30)), false);
  t.equal(isInWindow("09:00-17:00", ms(8, 59)), false);
  t.equal(count({ window: "09:00-17:00" }, {}, ms(12)), 100);
  t.equal(count({ window: "09:00-17:00" }, {}, ms(18)), 0);
});
