import t from "tap";
import { BatchQueue } from "../../src/client/batch-queue.ts";

t.test(
  "one by one and in batches, in order, with the last of each source that was handed over",
  async (t) => {
    const queue = new BatchQueue<number, string>();
    queue.push([1, 2], "a");
    queue.push([3], "a");
    queue.push([10, 11], "b");
    queue.push([99]);
    t.equal(queue.size, 6);
    t.equal(queue.shift(), 1);
    t.same([...queue.handed()], [["a", 1]], "not what is queued");
    t.same(queue.shiftBatch(), [2, 3], "joined, without what was taken");
    t.same([...queue.handed()], [["a", 3]]);
    t.equal(queue.shift(), 10);
    t.equal(queue.shift(), 11);
    t.same(queue.shiftBatch(), [99]);
    t.equal(queue.shift(), undefined);
    t.equal(queue.shiftBatch(), undefined);
    t.same(Object.fromEntries(queue.handed()), { a: 3, b: 11 });
  },
);

t.test("a batch that was handed over does not grow", async (t) => {
  const queue = new BatchQueue<number, string>();
  queue.push([1], "a");
  const batch = queue.shiftBatch();
  queue.push([2], "a");
  t.same(batch, [1]);
  t.same(queue.shiftBatch(), [2]);
});

t.test("clearing forgets what waits and keeps what was handed over", async (t) => {
  const queue = new BatchQueue<number, string>();
  queue.push([1, 2, 3], "a");
  queue.shift();
  queue.clear();
  t.equal(queue.size, 0);
  t.equal(queue.shift(), undefined);
  t.same([...queue.handed()], [["a", 1]]);
});
