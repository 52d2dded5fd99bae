import t from "tap";
import { Series, sparkline } from "../../src/top/series.ts";

const START_MS = 5_000_400;

t.test("the newest value of each second, and the one before where none came", async (t) => {
  const series = new Series();
  series.add(1, START_MS);
  series.add(2, START_MS + 100);
  series.add(7, START_MS + 3_000);
  t.same(series.last(6, START_MS + 4_000), [NaN, 2, 2, 2, 7, 7]);
});

t.test("a value holds however long ago it came", async (t) => {
  const series = new Series();
  series.add(7, START_MS);
  t.same(series.last(3, START_MS + 10_000_000), [7, 7, 7]);
  series.add(8, START_MS + 10_001_000);
  t.same(series.last(3, START_MS + 10_001_000), [7, 7, 8]);
});

t.test("a series that has nothing is gaps", async (t) => {
  t.same(new Series().last(2, START_MS), [NaN, NaN]);
});

t.test("a sparkline goes from the lowest to the highest", async (t) => {
  t.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
  t.equal(sparkline([NaN, -1e300, 1e300]), " ▁█");
  t.equal(sparkline([5, 5]), "▅▅");
  t.equal(sparkline([]), "");
});
