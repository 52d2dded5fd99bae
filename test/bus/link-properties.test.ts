import fc from "fast-check";
import t from "tap";
import {
  EAGER_PATIENCE_MS,
  firstLink,
  JITTER,
  next,
  SILENCE_MS,
  type LinkEvent,
} from "../../src/bus/link.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const events = fc.array(
  fc.tuple(
    fc.constantFrom<LinkEvent["type"]>("heard", "made", "tick", "tick", "tick"),
    fc.integer({ min: 0, max: 2_000 }),
    random,
  ),
);

t.test(
  "whatever comes: a live link was heard less than 3 s before the last look, and only a look rebuilds",
  async (t) => {
    fc.assert(
      fc.property(events, random, (story, first) => {
        let link = firstLink(0, () => first);
        let [nowMs, heardMs] = [0, -Infinity];
        for (const [type, waitMs, chance] of story) {
          nowMs += waitMs;
          if (type === "heard") heardMs = nowMs;
          const before = link;
          const step = next(link, { type } as LinkEvent, nowMs, () => chance);
          ({ link } = step);
          if (step.rebuild && type !== "tick") throw new Error(`${type} rebuilds`);
          if (type === "tick" && link.kind === "live" && nowMs - heardMs >= SILENCE_MS)
            throw new Error("a silent link is called live");
          if (link.kind === "connecting" && heardMs >= 0) throw new Error("forgets that it has heard");
          if (link.kind === "lost" && heardMs < 0) throw new Error("lost what was never there");
          if (!step.rebuild && type === "tick" && link !== before)
            throw new Error("changes without a reason");
        }
      }),
    );
    t.pass("held for every order");
  },
);

t.test(
  "a link that is down for some seconds only has a fresh socket within 1.25 s at every moment",
  async (t) => {
    fc.assert(
      fc.property(
        fc.infiniteStream(random),
        fc.integer({ min: SILENCE_MS, max: 10_000 }),
        (chances, downMs) => {
          const chance = (): number => chances.next().value as number;
          let { link } = next({ kind: "live", heardMs: 0 }, { type: "heard" }, 0, chance);
          let madeMs = 0;
          for (let nowMs = 0; nowMs <= downMs; nowMs++) {
            const step = next(link, { type: "tick" }, nowMs, chance);
            ({ link } = step);
            if (step.rebuild) madeMs = nowMs;
            if (nowMs > SILENCE_MS && nowMs - madeMs > EAGER_PATIENCE_MS * (1 + JITTER) + 1)
              throw new Error(`no new socket for ${nowMs - madeMs} ms`);
          }
        },
      ),
      { numRuns: 50 },
    );
    t.pass("held for every length of the outage");
  },
);

t.test("a fleet that has lost its hub does not come back in step", async (t) => {
  fc.assert(
    fc.property(fc.array(random, { minLength: 2, maxLength: 2 }), ([one = 0, other = 0]) => {
      const dueMs = (chance: number): number => {
        const { link } = next({ kind: "live", heardMs: 0 }, { type: "tick" }, SILENCE_MS, () => chance);
        return link.kind === "live" ? NaN : link.patienceMs;
      };
      const apartMs = Math.abs(dueMs(one) - dueMs(other));
      const expectedMs = Math.abs(one - other) * EAGER_PATIENCE_MS * 2 * JITTER;
      if (Math.abs(apartMs - expectedMs) > 1e-6) throw new Error(`${apartMs} ms apart`);
    }),
  );
  t.pass("their chances spread over half a second");
});
