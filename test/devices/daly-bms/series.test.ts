import t from "tap";
import { Series } from "../../../devices/daly-bms/series.ts";

const part = (number: number): { number: number; values: number[] } => ({
  number,
  values: [number * 10, number * 10 + 1],
});

t.test("values in order, as many as wanted", async (t) => {
  const series = new Series();
  t.same(series.add(part(1), 3), { lost: 0 });
  t.same(series.add(part(2), 3), { lost: 0, values: [10, 11, 20] });
  t.same(series.add(part(3), 3), { lost: 0 }, "padding");
  t.same(series.end(), 0);
});

t.test("1 follows 0, but begins a series after which no 0 came", async (t) => {
  const series = new Series();
  series.add(part(0), 4);
  t.same(series.add(part(1), 4), { lost: 0, values: [0, 1, 10, 11] });
  t.same(series.add(part(1), 4), { lost: 1 }, "0 is missing");
  t.same(series.add(part(1), 2), { lost: 0, values: [10, 11] }, "a 0 that was damage does no harm for long");
});

t.test("a frame that is missing costs the whole series", async (t) => {
  const series = new Series();
  series.add(part(1), 6);
  t.same(series.add(part(3), 6), { lost: 2 });
  t.same(series.add(part(4), 6), { lost: 1 });
  t.same(series.add(part(1), 2), { lost: 0, values: [10, 11] });
});
