import type { FrameFormat } from "../../src/codec/index.ts";
import { crc8 } from "./crc8.ts";

/**
 * Packets between a host and an EnOcean gateway (EnOcean Serial Protocol 3, packet structure), the same both ways:
 *
 *   55 | length of data u16 | length of optional data | type | CRC-8 of these four | data … | optional … | CRC-8 of both
 */
const SYNC = 0x55;
const HEAD_BYTES = 6;
/** Longest data taken. Telegrams are 21 bytes at most; remote management sends up to 512. */
const MAX_DATA_BYTES = 536;
const MAX_OPTIONAL_BYTES = 16;

export const PACKET = { radioErp1: 1, response: 2, event: 4, commonCommand: 5 } as const;

export interface Packet {
  readonly type: number;
  readonly data: Buffer;
  readonly optional: Buffer;
}

/** A head that fails its own CRC begins nothing: 55 occurs in data. */
export const ESP3_FRAMES: FrameFormat = {
  sync: [SYNC],
  headBytes: HEAD_BYTES,
  maxBytes: HEAD_BYTES + MAX_DATA_BYTES + MAX_OPTIONAL_BYTES + 1,
  lengthOf: lengthAt,
  isIntact: (bytes, start, end) =>
    crc8(bytes, start + HEAD_BYTES, end - 1) === bytes[end - 1] && !hasHeadInside(bytes, start, end),
};

function lengthAt(bytes: Buffer, at: number): number {
  const data = bytes.readUInt16BE(at + 1);
  const optional = bytes[at + 3] ?? 0;
  if (data > MAX_DATA_BYTES || optional > MAX_OPTIONAL_BYTES || data + optional === 0) return 0;
  if (crc8(bytes, at + 1, at + 5) !== bytes[at + 5]) return 0;
  return HEAD_BYTES + data + optional + 1;
}

/**
 * A packet that was cut off and the beginning of the next one: an eight-bit CRC fits them in one of 256 cases. Data that
 * hold a whole head with a right CRC by themselves do not occur.
 */
function hasHeadInside(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + HEAD_BYTES; at <= end - HEAD_BYTES; at++)
    if (bytes[at] === SYNC && lengthAt(bytes, at) > 0) return true;
  return false;
}

export function packetOf(frame: Buffer): Packet {
  const dataEnd = HEAD_BYTES + frame.readUInt16BE(1);
  return {
    type: frame[4] ?? 0,
    data: frame.subarray(HEAD_BYTES, dataEnd),
    optional: frame.subarray(dataEnd, frame.length - 1),
  };
}

export function writePacket(type: number, data: Uint8Array, optional: Uint8Array = Buffer.alloc(0)): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + data.length + optional.length + 1);
  frame[0] = SYNC;
  frame.writeUInt16BE(data.length, 1);
  frame[3] = optional.length;
  frame[4] = type;
  frame[5] = crc8(frame, 1, 5);
  frame.set(data, HEAD_BYTES);
  frame.set(optional, HEAD_BYTES + data.length);
  frame[frame.length - 1] = crc8(frame, HEAD_BYTES, frame.length - 1);
  return frame;
}
