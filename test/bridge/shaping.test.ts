import t from "tap";
import { Shaper, type MetricShape, type ShapePlan } from "../../src/bridge/shaping.ts";

function shaper(metrics: Record<string, MetricShape>, report: ShapePlan["report"] = "all"): Shaper {
  return new Shaper({ metrics, report });
}

t.test("names, scales, offsets and units, and what is left out", async (t) => {
  const one = shaper({
    t: { name: "outside", scale: 0.1, offset: -40, unit: "°C" },
    noise: { drop: true },
  });
  t.same(one.shape({ t: 613, noise: 4, text: "x" }, 0), { outside: 21.3, text: "x" });
  t.same(one.shape({ t: null, noise: 4, text: "x" }, 0), { outside: null, text: "x" });
  t.same(
    one.describe({
      t: { type: "integer", unit: "raw", description: "thermometer" },
      noise: { type: "number" },
      text: { type: "text" },
    }),
    { outside: { type: "number", unit: "°C", description: "thermometer" }, text: { type: "text" } },
  );
});

t.test("a value out of its limits is null, and said to be implausible", async (t) => {
  const one = shaper({ t: { minimum: -40, maximum: 60 } });
  t.same(one.shape({ t: 85 }, 0), { t: null, "t.quality": "implausible" });
  t.same(one.shape({ t: 60 }, 0), { t: 60, "t.quality": "good" });
  t.same(one.shape({ t: null }, 0), { t: null, "t.quality": "missing" });
  t.same(Object.keys(one.describe({ t: { type: "number" } })), ["t", "t.quality"]);
});

t.test("a dead band: many small steps in one direction are a change in the end", async (t) => {
  const one = shaper({ t: { deadBand: 0.5 } });
  const told = [20, 20.2, 20.4, 20.6, 20.7, 21.1, 20.7, 20.5].map((t, i) => one.shape({ t }, i)?.["t"]);
  t.same(told, [20, undefined, undefined, 20.6, undefined, 21.1, undefined, 20.5]);
  t.equal(one.withheld, 4);
});

t.test("only changes, of texts and booleans too", async (t) => {
  const one = shaper({ "*": { deadBand: 0 } });
  const told = [
    { on: true, mode: "a" },
    { on: true, mode: "a" },
    { on: false, mode: "a" },
    { on: false, mode: "b" },
  ].map((values, i) => one.shape(values, i) !== undefined);
  t.same(told, [true, false, true, true]);
});

t.test("not too often, and not too rarely", async (t) => {
  const one = shaper({ t: { deadBand: 1, minIntervalMs: 1_000, maxIntervalMs: 10_000 } });
  const told = (t: number, nowMs: number): boolean => one.shape({ t }, nowMs) !== undefined;
  t.ok(told(0, 0));
  t.notOk(told(50, 999), "a change that comes too soon");
  t.ok(told(50, 1_000), "is told when its time has come");
  t.notOk(told(50, 10_999));
  t.ok(told(50, 11_000), "unchanged, after the longest time");
});

t.test("a reading has all of its metrics, or only those that are worth one", async (t) => {
  const metrics = { a: { deadBand: 1 }, b: { deadBand: 1 } };
  const [all, changed] = [shaper(metrics), shaper(metrics, "changed")];
  for (const one of [all, changed]) t.same(one.shape({ a: 0, b: 0 }, 0), { a: 0, b: 0 });
  t.same(all.shape({ a: 5, b: 0.5 }, 1), { a: 5, b: 0.5 });
  t.same(changed.shape({ a: 5, b: 0.5 }, 1), { a: 5 });
  t.same(changed.shape({ a: 5, b: 1 }, 2), { b: 1 }, "what was not told is measured against what was");
});
