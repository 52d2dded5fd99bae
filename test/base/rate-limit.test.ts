import t from "tap";
import { RateLimit } from "../../src/base/index.ts";

t.test("one event passes in an interval, and the next tells how many were held back", async (t) => {
  let now = 0;
  const limit = new RateLimit(100, () => now);
  t.same(
    [limit.admit("a"), limit.admit("a"), limit.admit("b"), limit.admit("a")],
    [0, undefined, 0, undefined],
  );
  now = 100;
  t.same([limit.admit("a"), limit.admit("a")], [2, undefined]);
});

t.test("a burst passes, then none until the interval is over", async (t) => {
  let now = 0;
  const limit = new RateLimit(100, () => now, 3);
  t.same(
    [1, 2, 3, 4, 5].map(() => limit.admit("a")),
    [0, 0, 0, undefined, undefined],
  );
  now = 100;
  t.equal(limit.admit("a"), 2);
});
