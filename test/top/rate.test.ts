import t from "tap";
import { Rate } from "../../src/top/rate.ts";

/** Somewhere in the middle of a second. */
const START_MS = 1_234_567;

t.test("a rate is what came in the last ten seconds", async (t) => {
  const rate = new Rate(START_MS);
  for (let ms = 0; ms < 60_000; ms += 500) rate.add(START_MS + ms);
  const near = (nowMs: number, wanted: number): boolean => Math.abs(rate.perSecond(nowMs) - wanted) < 0.1;
  t.ok(near(START_MS + 59_500, 2), "two a second");
  t.ok(near(START_MS + 64_500, 1), "half of it five seconds after the last");
  t.equal(rate.perSecond(START_MS + 72_000), 0, "and nothing in the end");
});

t.test("in its first seconds it is over the time that there was", async (t) => {
  const rate = new Rate(START_MS);
  for (let ms = 0; ms < 3_000; ms += 100) rate.add(START_MS + ms);
  t.ok(Math.abs(rate.perSecond(START_MS + 3_000) - 10) < 0.1);
  t.equal(new Rate(START_MS).perSecond(START_MS), 0);
});

t.test("many at once, and a gap longer than what is kept", async (t) => {
  const rate = new Rate(START_MS);
  rate.add(START_MS, 1_000);
  rate.add(START_MS + 3_600_000, 50);
  t.ok(Math.abs(rate.perSecond(START_MS + 3_600_000) - 5) < 0.5);
});
