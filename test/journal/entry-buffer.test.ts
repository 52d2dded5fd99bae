import t from "tap";
import { EntryBuffer } from "../../src/journal/entry-buffer.ts";
import type { Entry } from "../../src/journal/packed-run.ts";

function entry(seq: number, bytes = 10, epoch = 1): Entry {
  return { epoch, seq, timeUs: 0, body: Buffer.alloc(bytes, seq) };
}

function held(buffer: EntryBuffer): Record<string, number[]> {
  const { runs } = buffer.peek();
  return Object.fromEntries(runs.map(({ stream, run }) => [`${stream} ${run.epoch}`, [...run.seqs]]));
}

t.test("gives what waits by stream and epoch, and holds it until it is taken", async (t) => {
  const buffer = new EntryBuffer(1_000);
  buffer.push("a", entry(1));
  buffer.push("b", entry(7));
  buffer.push("a", entry(2));
  buffer.push("a", entry(1, 10, 2));
  const expected = { "a 1": [1, 2], "b 1": [7], "a 2": [1] };
  t.same(held(buffer), expected);
  t.same(held(buffer), expected);
  buffer.take(3);
  t.same(held(buffer), { "a 2": [1] });
  buffer.take(1);
  t.same([buffer.peek(), buffer.size, buffer.bytes], [{ runs: [], count: 0 }, 0, 0]);
});

t.test("full, it drops the oldest and counts by stream", async (t) => {
  const buffer = new EntryBuffer(40);
  for (let seq = 1; seq <= 6; seq++) buffer.push(seq % 2 === 0 ? "even" : "odd", entry(seq));
  t.same(held(buffer), { "odd 1": [3, 5], "even 1": [4, 6] });
  t.same(
    [...buffer.dropped],
    [
      ["odd", 1],
      ["even", 1],
    ],
  );
  buffer.push("odd", entry(7, 100));
  t.same(held(buffer), { "odd 1": [7] });
  t.same([buffer.size, buffer.bytes], [1, 100]);
});

t.test("gives no more than a run may hold, but one in any case", async (t) => {
  const buffer = new EntryBuffer(1e9);
  for (let seq = 1; seq <= 9; seq++) buffer.push("a", entry(seq, 60_000));
  t.equal(buffer.peek().count, 4);
  buffer.take(9);
  for (let seq = 1; seq <= 20_000; seq++) buffer.push("a", entry(seq, 1));
  t.equal(buffer.peek().count, 16_384);
});

t.test("it stays small however much has gone through", async (t) => {
  const buffer = new EntryBuffer(1_000);
  for (let seq = 1; seq <= 100_000; seq++) {
    buffer.push("a", entry(seq));
    if (seq % 3 === 0) buffer.take(2);
  }
  t.ok(buffer.size <= 100);
  t.equal(buffer.bytes, buffer.size * 10);
  t.equal((buffer.dropped.get("a") ?? 0) + buffer.size + 2 * 33_333, 100_000);
});
