import fc from "fast-check";
import t from "tap";
import { FROM_DEVICE, SegmentReader, writeFrame, type SegmentItem } from "../../src/link/index.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";

function read(chunks: Iterable<Uint8Array>): SegmentItem[] {
  const reader = new SegmentReader(Object.values(FROM_DEVICE));
  const items: SegmentItem[] = [];
  for (const chunk of chunks) items.push(...reader.push(chunk));
  return items;
}

/** Frames by their payloads, text in quotes, discards by reason and size. */
function told(...bytes: readonly (Buffer | string)[]): string[] {
  return read([Buffer.concat(bytes.map((one) => Buffer.from(one as string, "latin1")))]).map((item) => {
    if (item.type === "frame") return item.frame.payload.toString("latin1");
    return item.type === "text" ? `"${item.text}"` : `${item.reason} ${item.bytes}`;
  });
}

function frame(payload: string | Buffer, more: { kind?: number; seq?: number; ack?: number } = {}): Buffer {
  const { kind = FROM_DEVICE.log, seq = 0, ack = 0 } = more;
  return writeFrame({ kind, reliable: true, seq, ack, payload: Buffer.from(payload as string) });
}

t.test("frames and text share the line", async (t) => {
  const one = frame("one");
  t.same(told(one, one), ["one", "one"]);
  t.same(told("hello\r\n", one), ['"hello"', "one"]);
  t.same(told("hello", one), ['"hello"', "one"], "text that a frame follows");
  t.same(told("hello\nworld\n", one.subarray(1)), ['"hello"', '"world"', "one"], "a lost opening zero");
  t.same(told(one.subarray(0, 9), "hello\n", one), ["noise 14", "one"], "text in a frame cut off is damage");
  t.same(told("\0ok\0"), ["noise 2"], "two characters are no text");
  t.same(told("\n\n\r\n\0\0"), [], "empty lines are nothing");
});

t.test("a line of text is told when it ends, without a zero", async (t) => {
  t.same(told("hello\n"), ['"hello"']);
  t.same(told(Buffer.from("Öl: 3 °C\n")), [], "but what may be a frame, as this, not before the zero");
  t.same(told(Buffer.from("Öl: 3 °C\nnext\n\0")), ['"Öl: 3 °C"', '"next"']);
  t.same(told("hell\x07o\n\0"), ["noise 7"], "no text with a control character");
  t.same(told(Buffer.of(0x61, 0x62, 0xc3, 0x0a, 0)), ["noise 4"], "nor what is no UTF-8");
});

t.test("a frame that looks like a line of text is a frame", async (t) => {
  // Codes of line ends, of letters, and numbers and acknowledgements that are line ends.
  for (let length = 0; length < 240; length++)
    for (const seq of [0, 0x0a, 0x41])
      for (const kind of [FROM_DEVICE.log, FROM_DEVICE.item]) {
        const payload = "x\n".repeat(length).slice(0, length);
        const found = told(frame(payload, { kind, seq, ack: seq }));
        if (found.length !== 1 || found[0] !== payload) t.same(found, [payload], `${length} ${seq} ${kind}`);
      }
  t.pass("all of them");
});

t.test("a frame with a bit turned anywhere is damage, and the next one is found", async (t) => {
  const good = frame("reading");
  for (let bit = 0; bit < (good.length - 2) * 8; bit++) {
    const bad = Buffer.from(good);
    const at = 1 + (bit >> 3);
    bad[at] = (bad[at] ?? 0) ^ (1 << (bit & 7));
    const found = told(bad, good);
    t.equal(found.at(-1), "reading");
    t.equal(found.filter((one) => one === "reading").length, 1, `bit ${bit}`);
  }
});

t.test("what has no end is bounded", async (t) => {
  t.same(
    told("x".repeat(2_500), "\n").map(({ length }) => length),
    [1_002, 1_002, 502],
    "text is cut",
  );
  t.same(
    told(Buffer.from("é".repeat(999) + "\n")).map(({ length }) => length),
    [502, 501],
    "between characters",
  );
  t.same(told(Buffer.alloc(258, 1)), ["too-long 258"]);
  t.same(told(Buffer.alloc(600, 1), "\0", frame("one")), ["too-long 258", "noise 256", "noise 86", "one"]);
  const reader = new SegmentReader(Object.values(FROM_DEVICE));
  let most = 0;
  for (let i = 0; i < 5_000; i++) {
    reader.push(Buffer.from([i % 7 === 0 ? 0xc3 : 0x41]));
    most = Math.max(most, reader.pending);
  }
  t.ok(most <= 1_000, `${most} bytes held`);
});

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const texts = fc.string({ unit: "grapheme", maxLength: 80 }).map((line) => Buffer.from(`${line}\n`));
const frames = fc
  .tuple(fc.uint8Array({ maxLength: 248 }), fc.nat(255), fc.nat(255))
  .map(([payload, seq, ack]) => frame(Buffer.from(payload), { seq, ack }));
const stream = fc
  .array(fc.oneof(bytes, texts, frames, fc.constant(Buffer.of(0)), fc.constant(Buffer.of(0x0a))), {
    maxLength: 8,
  })
  .map((pieces) => Buffer.concat(pieces));

t.test("any chunking gives the same items", async () => {
  fc.assert(
    fc.property(stream, chunkSizes, (sent, sizes) => {
      const keep = (items: readonly SegmentItem[]): string => JSON.stringify(items);
      return keep(read([sent])) === keep(read(chunked(sent, sizes)));
    }),
    { numRuns: 1_000 },
  );
});

t.test("after any garbage the frame that follows is found", async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, frames), { maxLength: 6 }), (pairs) => {
      const found = read([Buffer.concat(pairs.flat())]).flatMap((item) =>
        item.type === "frame" ? [writeFrame(item.frame).toString("hex")] : [],
      );
      return found.join() === pairs.map(([, one]) => one.toString("hex")).join();
    }),
    { numRuns: 1_000 },
  );
});

t.test("no byte is counted that did not come", async () => {
  fc.assert(
    fc.property(stream, (sent) => {
      const sum = read([sent]).reduce((all, item) => all + (item.type === "text" ? 0 : item.bytes), 0);
      return sum <= sent.length;
    }),
  );
});
