import t from "tap";
import { BoundedQueue } from "../../src/base/index.ts";

t.test("gives back what it was given, in order, across growth and wrap-around", async (t) => {
  const queue = new BoundedQueue<number>(100);
  const out: (number | undefined)[] = [];
  for (let i = 0; i < 90; i++) {
    queue.push(i);
    if (i % 3 === 0) out.push(queue.shift());
  }
  while (queue.size > 0) out.push(queue.shift());
  t.same(
    out,
    Array.from({ length: 90 }, (_, i) => i),
  );
  t.equal(queue.dropped, 0);
  t.equal(queue.shift(), undefined);
});

t.test("when full drops the oldest, gives it back and counts it", async (t) => {
  const queue = new BoundedQueue<string>(2);
  t.equal(queue.push("a"), undefined);
  t.equal(queue.push("b"), undefined);
  t.equal(queue.push("c"), "a");
  t.equal(queue.dropped, 1);
  t.same([queue.shift(), queue.shift(), queue.shift()], ["b", "c", undefined]);
});
