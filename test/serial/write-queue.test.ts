import t from "tap";
import { WriteQueue } from "../../src/serial/write-queue.ts";
import { DunlinError } from "../../src/base/index.ts";

/** A line that takes `room` bytes at a flush. */
class Narrow {
  room = 0;
  readonly taken: number[] = [];
  readonly write = (bytes: Uint8Array): number => {
    const count = Math.min(this.room, bytes.length);
    this.taken.push(...bytes.subarray(0, count));
    this.room -= count;
    return count;
  };
}

t.test("bytes leave in order, in as many pieces as the line needs", async (t) => {
  const line = new Narrow();
  const queue = new WriteQueue(100, line.write);
  const settled: string[] = [];
  const first = queue.push(Buffer.from([1, 2, 3])).then(() => settled.push("first"));
  const second = queue.push(Buffer.from([4, 5])).then(() => settled.push("second"));
  for (const room of [2, 2, 1]) {
    line.room = room;
    queue.flush();
  }
  await Promise.all([first, second]);
  t.same(line.taken, [1, 2, 3, 4, 5]);
  t.same(settled, ["first", "second"]);
  t.ok(queue.empty);
});

t.test("bytes beyond the bound are refused, and there is room again once some have left", async (t) => {
  const line = new Narrow();
  const queue = new WriteQueue(4, line.write);
  const held = queue.push(Buffer.from([1, 2, 3]));
  await t.rejects(queue.push(Buffer.from([4, 5])), {
    code: "overloaded",
    context: { pendingBytes: 3, maxBytes: 4 },
  });
  line.room = 1;
  queue.flush();
  const second = queue.push(Buffer.from([4, 5]));
  line.room = 9;
  queue.flush();
  await Promise.all([held, second]);
  t.same(line.taken, [1, 2, 3, 4, 5]);
});

t.test("what has not begun can be taken back, what has begun is finished", async (t) => {
  const line = new Narrow();
  const queue = new WriteQueue(100, line.write);
  const abort = new AbortController();
  const begun = queue.push(Buffer.from([1, 2]), abort.signal);
  const waiting = queue.push(Buffer.from([3, 4]), abort.signal);
  line.room = 1;
  queue.flush();
  abort.abort();
  await t.rejects(waiting, { code: "cancelled" });
  await t.rejects(queue.push(Buffer.from([5]), abort.signal), { code: "cancelled" });
  line.room = 9;
  queue.flush();
  await begun;
  t.same(line.taken, [1, 2]);
});

t.test("a lost line rejects all that waits", async (t) => {
  const queue = new WriteQueue(100, () => 0);
  const waiting = [queue.push(Buffer.from([1])), queue.push(Buffer.from([2]))];
  queue.fail(new DunlinError("port-missing", "unplugged"));
  for (const write of waiting) await t.rejects(write, { code: "port-missing" });
  t.ok(queue.empty);
});
