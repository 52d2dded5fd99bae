import { isDeepStrictEqual } from "node:util";
import { crc32 } from "node:zlib";
import { decodeCobs, encodeCobs } from "../../../src/codec/index.ts";
import {
  FROM_DEVICE,
  FROM_HOST,
  readDeviceMessage,
  readHostMessage,
  SegmentReader,
  writeDeviceMessage,
  writeFrame,
  writeHostMessage,
  type Content,
  type SegmentItem,
} from "../../../src/link/index.ts";
import { fixturesOf } from "../../devices/fixtures.ts";
import { hold, tokens, type Target } from "../target.ts";
import { chunksOf } from "./stream.ts";

const CRC_BYTES = 4;
const HEADER_BYTES = 3;
/** Held at most: a line of text, and noise that is not told of yet. */
const MAX_PENDING = 1_256;

/** Right checksums for whatever is between zeros and could be a frame. */
export function fixSegments(input: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at <= input.length;) {
    const zero = input.indexOf(0, at);
    const end = zero < 0 ? input.length : zero;
    parts.push(fixSegment(input.subarray(at, end)), Buffer.from(zero < 0 ? [] : [0]));
    at = end + 1;
  }
  return Buffer.concat(parts);
}

function fixSegment(segment: Buffer): Buffer {
  const bytes = decodeCobs(segment);
  if (!bytes || bytes.length < HEADER_BYTES + CRC_BYTES) return segment;
  const end = bytes.length - CRC_BYTES;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
  return encodeCobs(bytes);
}

const PAYLOADS = [
  ...tokens("\x81\x01", "\xa1\x00\x01", "\x60"),
  Buffer.from("83011912671864", "hex"),
  Buffer.from("890101001840040500", "hex"),
  Buffer.from("a100fa41a8cccd", "hex"),
  Buffer.from("8301f5a0", "hex"),
  Buffer.from("fa7fc00000", "hex"),
];

const FRAMES = fixturesOf("dunlin-link").map(({ bytes }) => bytes);

/** What is between the zeros of the link's wire. */
const segments: Target = {
  name: "link-segments",
  share: 6,
  maxBytes: 4_096,
  corpus: [
    ...FRAMES,
    ...[0x15, 0x95, 0x0a].map((kind) =>
      writeFrame({
        kind: kind & 0x7f,
        reliable: kind > 0x7f,
        seq: 10,
        ack: 10,
        payload: Buffer.from("x\ny\n"),
      }),
    ),
    Buffer.from(`${"é".repeat(700)}\n${"x".repeat(400)}`),
  ],
  tokens: [
    ...tokens("\0", "\n", "\0\0", "\n\0", "abc\n", "é"),
    ...FRAMES.map((bytes) => bytes.subarray(18, 29)),
  ],
  fix: fixSegments,
  decode(input) {
    const open = (): SegmentReader => new SegmentReader(Object.values(FROM_DEVICE));
    const whole = open().push(input);
    const reader = open();
    const pieces: SegmentItem[] = [];
    for (const chunk of chunksOf(input)) {
      pieces.push(...reader.push(chunk));
      hold(reader.pending <= MAX_PENDING, `${reader.pending} bytes held`);
    }
    hold(isDeepStrictEqual(pieces, whole), "other items in other chunks");
    const bytes = whole.reduce(
      (sum, item) => sum + (item.type === "text" ? item.text.length : item.bytes),
      0,
    );
    hold(bytes <= input.length, "more than came");
    return whole.some(({ type }) => type !== "discard");
  },
};

/** What is in the frames: the first byte is the kind. */
const messages: Target = {
  name: "link-messages",
  share: 6,
  maxBytes: 256,
  corpus: [...Object.values(FROM_HOST), ...Object.values(FROM_DEVICE)].flatMap((kind) =>
    PAYLOADS.map((payload) => Buffer.concat([Buffer.of(kind), payload])),
  ),
  tokens: PAYLOADS,
  isCbor: true,
  decode(input) {
    const content: Content = { kind: input[0] ?? 0, payload: input.subarray(1) };
    const host = readHostMessage(content);
    if (typeof host === "object")
      hold(
        isDeepStrictEqual(readHostMessage(writeHostMessage(host)), host),
        "another message when written again",
      );
    const device = readDeviceMessage(content);
    if (typeof device === "object" && device.type !== "stranger")
      hold(
        isDeepStrictEqual(readDeviceMessage(writeDeviceMessage(device)), device),
        "another message when written again",
      );
    return typeof host === "object" || typeof device === "object";
  },
};

export const LINK_TARGETS: readonly Target[] = [segments, messages];
