import fc from "fast-check";
import t from "tap";
import { ReliableReceiver, ReliableSender, type Content, type Sending } from "../../src/link/index.ts";

const content = (number: number): Content => ({ kind: 1, payload: Buffer.of(number & 0xff, number >> 8) });
const numberOf = ({ payload }: Content): number => payload.readUInt16LE(0);
const seqs = (sendings: readonly Sending[]): number[] => sendings.map(({ seq }) => seq);

t.test("a window of frames goes, the next when the first has come", async (t) => {
  const sender = new ReliableSender(2, 254);
  for (let i = 0; i < 4; i++) sender.add(content(i));
  t.same(seqs(sender.next(0, 100)), [254, 255]);
  t.same(seqs(sender.next(0, 100)), []);
  t.same(seqs(sender.acknowledged(255, 0, 10, 100)), []);
  t.same(seqs(sender.next(10, 100)), [0], "and on from 255 to 0");
  t.same(sender.acknowledged(3, 0, 10, 100), [], "more than was sent means nothing");
  t.same(sender.acknowledged(250, 0, 10, 100), [], "nor does what was long ago");
  t.equal(sender.size, 3);
  t.same(seqs(sender.acknowledged(1, 0, 20, 100)), []);
  t.equal(sender.first, 1);
});

t.test("the timeout doubles up to 2 s, and begins anew with progress", async (t) => {
  const sender = new ReliableSender(8, 0);
  sender.add(content(0));
  sender.add(content(1));
  sender.next(0, 300);
  const dues: number[] = [];
  for (let i = 0; i < 5; i++) {
    dues.push(sender.dueMs);
    t.same(sender.due(sender.dueMs - 1, 300), []);
    t.same(seqs(sender.due(sender.dueMs, 300)), [0], "the oldest only");
  }
  t.same(dues, [300, 900, 2_100, 4_100, 6_100]);
  sender.acknowledged(1, 0, 7_000, 300);
  t.equal(sender.dueMs, 7_300);
  sender.acknowledged(2, 0, 7_100, 300);
  t.equal(sender.dueMs, Infinity);
  t.equal(sender.retransmits, 6, "1 was sent before the last 0 that came: it was lost");
});

t.test("what was sent before another that has come is lost, and goes again at once", async (t) => {
  const sender = new ReliableSender(4, 0);
  for (let i = 0; i < 4; i++) sender.add(content(i));
  sender.next(0, 300);
  t.same(seqs(sender.acknowledged(0, 0b010, 5, 300)), [0, 1], "2 came");
  t.same(seqs(sender.acknowledged(0, 0b010, 6, 300)), [], "once");
  t.same(seqs(sender.acknowledged(0, 0b110, 7, 300)), [], "3 was sent before 0 and 1 went again");
  t.same(seqs(sender.acknowledged(1, 0b10, 8, 300)), [], "1 was sent after 0");
});

t.test("what is taken back is not sent, or another in its place", async (t) => {
  const sender = new ReliableSender(1, 0);
  const [first, second, third] = [content(1), content(2), content(3)];
  sender.add(first);
  sender.add(second);
  sender.next(0, 300);
  t.same([sender.hasSent(first), sender.hasSent(second)], [true, false]);
  sender.replace(second, third);
  sender.replace(first, third);
  t.same(sender.due(300, 300), [{ seq: 0, content: third }]);
  sender.acknowledged(1, 0, 310, 300);
  t.same(sender.next(310, 300), []);
});

t.test("a receiver takes each once and in order, and says what came early", async (t) => {
  const receiver = new ReliableReceiver<string>(255);
  t.same(receiver.take(255, "a"), { contents: ["a"], isOdd: false });
  t.same(receiver.take(255, "a"), { contents: [], isOdd: true }, "again");
  t.same(receiver.take(1, "c"), { contents: [], isOdd: true });
  t.same(receiver.take(3, "e"), { contents: [], isOdd: true });
  t.same([receiver.expected, receiver.bits], [0, 0b101]);
  t.same(receiver.take(8, "j"), { contents: [], isOdd: true }, "further than a window");
  t.equal(receiver.bits, 0b101);
  t.same(receiver.take(0, "b"), { contents: ["b", "c"], isOdd: true });
  t.same([receiver.expected, receiver.bits], [2, 0b1]);
  t.same(receiver.take(2, "d"), { contents: ["d", "e"], isOdd: false });
});

/** What happens to the frames and acknowledgements one after another. */
const fates = fc.array(fc.boolean(), { maxLength: 400 });

t.test("over any wire that keeps order each arrives once and in order", async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(255),
      fc.boolean(),
      fates,
      fc.integer({ min: 1, max: 30 }),
      (window, first, keepsEarly, lost, latencyMs) => {
        const total = 300;
        const sender = new ReliableSender(window, first);
        const receiver = new ReliableReceiver<Content>(first);
        for (let i = 0; i < total; i++) sender.add(content(i));
        const taken: number[] = [];
        const there: { atMs: number; sending: Sending }[] = [];
        const back: { atMs: number; ack: number; bits: number }[] = [];
        let fate = 0;
        // What is not said to be lost comes.
        const comes = (): boolean => lost[fate++] !== true;
        const send = (nowMs: number, sendings: readonly Sending[]): void => {
          for (const sending of sendings) if (comes()) there.push({ atMs: nowMs + latencyMs, sending });
        };
        let nowMs = 0;
        for (; sender.size > 0 && nowMs < 3_000_000; nowMs++) {
          send(nowMs, sender.due(nowMs, 100));
          send(nowMs, sender.next(nowMs, 100));
          while (there[0] && there[0].atMs <= nowMs) {
            const { seq, content: one } = (there.shift() as (typeof there)[0]).sending;
            if (keepsEarly || seq === receiver.expected)
              taken.push(...receiver.take(seq, one).contents.map(numberOf));
            if (comes()) back.push({ atMs: nowMs + latencyMs, ack: receiver.expected, bits: receiver.bits });
          }
          while (back[0] && back[0].atMs <= nowMs) {
            const { ack, bits } = back.shift() as (typeof back)[0];
            send(nowMs, sender.acknowledged(ack, bits, nowMs, 100));
          }
        }
        return taken.length === total && taken.every((number, i) => number === i);
      },
    ),
    { numRuns: 200 },
  );
});
