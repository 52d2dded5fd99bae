import t from "tap";
import { NoiseRun, type Discard } from "../../src/codec/index.ts";

t.test("neighbouring noise is one discard, told of when it ends", async (t) => {
  const run = new NoiseRun();
  const told: Discard<"noise">[] = [];
  run.add(3, told);
  run.add(4, told);
  t.same(told, []);
  t.equal(run.bytes, 7);
  run.end(told);
  run.end(told);
  t.strictSame(told, [{ type: "discard", bytes: 7, reason: "noise" }]);
});

t.test("a long run is told of in pieces, the same however it came", async (t) => {
  for (const size of [1, 7, 600]) {
    const run = new NoiseRun();
    const told: Discard<"noise">[] = [];
    for (let left = 600; left > 0; left -= size) run.add(Math.min(size, left), told);
    run.end(told);
    t.same(
      told.map(({ bytes }) => bytes),
      [256, 256, 88],
    );
  }
});
