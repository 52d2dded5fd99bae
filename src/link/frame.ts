import { crc32 } from "node:zlib";
import { cobsBytes, decodeCobs, encodeCobs } from "../codec/index.ts";

/**
 * A frame, without the zeros around it: COBS( kind seq ack payload… crc32 ). firmware-bridge/SPEC.md, "Line" and "Header".
 */
export interface Frame {
  readonly kind: number;
  /** Comes once and in order, and is sent again until it is acknowledged. */
  readonly reliable: boolean;
  readonly seq: number;
  /** The number that its sender expects next. */
  readonly ack: number;
  readonly payload: Buffer;
}

/** The bit of a kind that says so. */
export const RELIABLE = 0x80;
const HEADER_BYTES = 3;
const CRC_BYTES = 4;
/** What a payload has around it, bytes. */
export const FRAME_OVERHEAD_BYTES = HEADER_BYTES + CRC_BYTES;
/** Longest that the host takes, from kind to crc32. */
export const MAX_FRAME_BYTES = 255;
/** Longest that such a frame is between its zeros. */
export const MAX_SEGMENT_BYTES = cobsBytes(MAX_FRAME_BYTES);

/** With a zero before and after it. */
export function writeFrame({ kind, reliable, seq, ack, payload }: Frame): Buffer {
  const bytes = Buffer.alloc(FRAME_OVERHEAD_BYTES + payload.length);
  bytes[0] = kind | (reliable ? RELIABLE : 0);
  bytes[1] = seq;
  bytes[2] = ack;
  payload.copy(bytes, HEADER_BYTES);
  const end = bytes.length - CRC_BYTES;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
  const stuffed = encodeCobs(bytes);
  return Buffer.concat([ZERO, stuffed, ZERO]);
}

const ZERO = Buffer.of(0);

/** @returns why it is none: `noise` cannot be one, `checksum` is one that was damaged */
export function readFrame(segment: Buffer): Frame | "noise" | "checksum" {
  const bytes = segment.length > MAX_SEGMENT_BYTES ? undefined : decodeCobs(segment);
  if (!bytes || bytes.length < FRAME_OVERHEAD_BYTES || bytes.length > MAX_FRAME_BYTES) return "noise";
  const end = bytes.length - CRC_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return "checksum";
  const kind = bytes[0] ?? 0;
  return {
    kind: kind & ~RELIABLE,
    reliable: (kind & RELIABLE) !== 0,
    seq: bytes[1] ?? 0,
    ack: bytes[2] ?? 0,
    payload: bytes.subarray(HEADER_BYTES, end),
  };
}
