import {
  FrameScanner,
  LineSplitter,
  MarkedLineSplitter,
  sum16,
  type Discard,
  type FrameFormat,
} from "../../../src/codec/index.ts";
import { Dice } from "../dice.ts";
import { hold, seedOf, tokens, type Target } from "../target.ts";

type Item = { readonly type: "line" | "frame"; readonly bytes: Buffer } | Discard;
interface Framer {
  readonly pending: number;
  push(chunk: Uint8Array): readonly Item[];
}

/** Longer ones are not taken byte by byte: that alone would take as long as an input may. */
const MAX_PIECEMEAL = 4_096;

/** Cuts a stream up in a way that follows from it; a chunk is only valid until the next, and is spoilt then. */
export function* chunksOf(input: Buffer): Generator<Buffer> {
  const dice = new Dice(seedOf(input));
  const most = dice.pick(input.length > MAX_PIECEMEAL ? [256, 4_096] : [1, 3, 16, 64, 512]);
  for (let at = 0; at < input.length;) {
    const chunk = Buffer.from(input.subarray(at, at + 1 + dice.below(most)));
    at += chunk.length;
    yield chunk;
    chunk.fill(0x24);
  }
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

const MAX_LINE = 60;

/** @param slack what may wait beside a frame: noise, and of an endless line the bytes not yet told of */
function framer(name: string, open: () => Framer, slack: number, more: Partial<Target>): Target {
  const told = (item: Item): string =>
    item.type === "discard" ? `${item.reason} ${item.bytes}` : item.bytes.toString("latin1");
  return {
    name,
    share: 6,
    maxBytes: 4_096,
    corpus: [],
    ...more,
    decode(input) {
      const whole = open().push(input);
      const pieces: string[] = [];
      const decoder = open();
      let bytes = 0;
      for (const chunk of chunksOf(input)) {
        for (const item of decoder.push(chunk)) {
          bytes += item.type === "discard" ? item.bytes : item.bytes.length;
          pieces.push(told(item));
        }
        hold(decoder.pending <= 2 * MAX_LINE + slack, `${decoder.pending} bytes held`);
      }
      const ends =
        name === "frames" ? 0 : input.reduce((sum, one) => sum + (one === 10 || one === 13 ? 1 : 0), 0);
      hold(bytes + decoder.pending + ends === input.length, "bytes lost, or counted twice");
      hold(pieces.join("\n") === whole.map(told).join("\n"), "other items in other chunks");
      return whole.some(({ type }) => type !== "discard");
    },
  };
}

/** Right sums for whatever looks like a frame. */
export function fixFrames(input: Buffer): Buffer {
  for (let at = input.indexOf("BM"); at >= 0 && at + 8 <= input.length; at = input.indexOf("BM", at + 2)) {
    const end = at + 4 + input.readUInt16BE(at + 2);
    if (end < at + 8 || end > input.length) continue;
    input.writeUInt16BE(sum16(input, at, end - 2), end - 2);
    at = end - 2;
  }
  return input;
}

const TEXT = tokens(
  "$GPGGA,1,2*33\r\n",
  "one\ntwo\r\nthree\rfour",
  `$${"x".repeat(MAX_LINE)}\n`,
  "!a$b\n\n\r",
);
const PIECES = tokens("\r", "\n", "\r\n", "$", "!", "x".repeat(MAX_LINE), "x".repeat(MAX_LINE - 1));

export const STREAM_TARGETS: readonly Target[] = [
  framer("lines", () => new LineSplitter(MAX_LINE), 65_536, { corpus: TEXT, tokens: PIECES }),
  framer("marked-lines", () => new MarkedLineSplitter([...Buffer.from("$!")], MAX_LINE), 256, {
    corpus: TEXT,
    tokens: PIECES,
  }),
  framer("frames", () => new FrameScanner(FORMAT), 256, {
    corpus: [
      fixFrames(Buffer.from("BM\0\x08abcdefgh")),
      fixFrames(Buffer.from("xxBM\0\x04abcdBM\0\x24abcdefghijklmnopqrstuvwxyz0123456789")),
    ],
    tokens: [...tokens("BM", "B", "M", "BM\0\x04", "BM\0\x24"), Buffer.from([0, 36])],
    fix: fixFrames,
  }),
];
