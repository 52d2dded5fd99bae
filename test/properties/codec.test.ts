import fc from "fast-check";
import t from "tap";
import {
  FrameScanner,
  LineSplitter,
  MarkedLineSplitter,
  sum16,
  type Discard,
  type FrameFormat,
} from "../../src/codec/index.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";

type Item = { readonly type: "line" | "frame"; readonly bytes: Buffer } | Discard;
interface Decoder {
  readonly pending: number;
  push(chunk: Uint8Array): readonly Item[];
}

/** BM, length of all, data, sum: as Plantower does. */
const FORMAT: FrameFormat = {
  sync: [0x42, 0x4d],
  headBytes: 4,
  maxBytes: 40,
  lengthOf: (bytes, at) => {
    const length = bytes.readUInt16BE(at + 2) + 4;
    return length >= 8 ? length : 0;
  },
  isIntact: (bytes, start, end) => sum16(bytes, start, end - 2) === bytes.readUInt16BE(end - 2),
};

const DECODERS: Readonly<Record<string, () => Decoder>> = {
  lines: () => new LineSplitter(20),
  "marked lines": () => new MarkedLineSplitter([...Buffer.from("$!")], 20),
  frames: () => new FrameScanner(FORMAT),
};

/** As text at once: an item's bytes are only valid until the next push. */
function decode(decoder: Decoder, chunks: Iterable<Uint8Array>): readonly string[] {
  const told: string[] = [];
  for (const chunk of chunks)
    for (const item of decoder.push(chunk))
      told.push(item.type === "discard" ? `${item.reason} ${item.bytes}` : item.bytes.toString("hex"));
  return told;
}

function frame(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 6);
  bytes.write("BM");
  bytes.writeUInt16BE(data.length + 2, 2);
  bytes.set(data, 4);
  bytes.writeUInt16BE(sum16(bytes, 0, data.length + 4), data.length + 4);
  return bytes;
}

/** Bytes of which many mean something to one of the decoders. */
const byte = fc.oneof(fc.constantFrom(...Buffer.from("BM\0\x08$!*\r\nBM")), fc.integer({ min: 0, max: 255 }));
const piece = fc.oneof(
  fc.array(byte, { maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 2, maxLength: 30 }).map(frame),
  fc.string({ maxLength: 30 }).map((text) => Buffer.from(`$${text}\r\n`)),
);
const stream = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));

for (const [name, open] of Object.entries(DECODERS)) {
  t.test(`${name}: any chunking gives the same`, async () => {
    fc.assert(
      fc.property(stream, chunkSizes, (bytes, sizes) => {
        const whole = decode(open(), [bytes]);
        const pieces = decode(open(), chunked(bytes, sizes));
        return JSON.stringify(whole) === JSON.stringify(pieces);
      }),
      { numRuns: 2_000 },
    );
  });

  t.test(`${name}: no byte is lost or counted twice`, async () => {
    fc.assert(
      fc.property(stream, chunkSizes, (bytes, sizes) => {
        const decoder = open();
        let told = 0;
        for (const chunk of chunked(bytes, sizes))
          for (const item of decoder.push(chunk))
            told += item.type === "discard" ? item.bytes : item.bytes.length;
        const ends = name === "frames" ? 0 : bytes.filter((one) => one === 10 || one === 13).length;
        // The ends of a line that is skipped are no part of the discard either.
        return told + decoder.pending + ends === bytes.length;
      }),
      { numRuns: 2_000 },
    );
  });
}

/** Without a B in it, so that it cannot begin a frame of its own. */
const garbage = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes.filter((one) => one !== 0x42)));
const frames = fc.array(fc.tuple(garbage, fc.uint8Array({ minLength: 2, maxLength: 34 }).map(frame)), {
  minLength: 1,
  maxLength: 8,
});

t.test("frames: garbage before and between is discarded, and every frame is found", async () => {
  fc.assert(
    fc.property(frames, chunkSizes, (parts, sizes) => {
      const sent = parts.map(([, one]) => one.toString("hex"));
      const items = decode(new FrameScanner(FORMAT), chunked(Buffer.concat(parts.flat()), sizes));
      const noise = parts.reduce((sum, [bytes]) => sum + bytes.length, 0);
      const discarded = items
        .filter((item) => item.startsWith("noise "))
        .reduce((sum, item) => sum + Number(item.slice(6)), 0);
      return (
        JSON.stringify(items.filter((item) => !item.includes(" "))) === JSON.stringify(sent) &&
        noise === discarded
      );
    }),
  );
});
