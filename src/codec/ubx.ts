import { fletcher8 } from "./checksums.ts";
import type { FrameFormat } from "./frames.ts";

/**
 * UBX, u-blox's binary protocol; everything is little endian. u-blox interface description, "UBX frame structure".
 *
 *   B5 62 | class u8 | id u8 | length u16 | payload | two Fletcher sums of class to payload
 */
const SYNC = [0xb5, 0x62] as const;
/** Sync, class, id, length. */
const HEAD_BYTES = 6;
const CHECKSUM_BYTES = 2;

/** There are classes up to 0x29; what is far above them is the sync of another frame, or noise. */
const MAX_CLASS = 0x3f;

/** Class and id as one number, of what both drivers of u-blox receivers send and hear. */
export const UBX = { nak: 0x0500, ack: 0x0501, cfgRst: 0x0604, cfgRate: 0x0608 } as const;

/** @param maxBytes longest frame; the length may be noise, and a frame that is believed is waited for */
export function ubxFrames(maxBytes: number): FrameFormat {
  return {
    sync: SYNC,
    headBytes: HEAD_BYTES,
    maxBytes,
    lengthOf: (bytes, at) =>
      (bytes[at + 2] ?? 0) > MAX_CLASS ? 0 : HEAD_BYTES + bytes.readUInt16LE(at + 4) + CHECKSUM_BYTES,
    isIntact: (bytes, start, end) => {
      const [first, second] = fletcher8(bytes, start + 2, end - CHECKSUM_BYTES);
      return bytes[end - 2] === first && bytes[end - 1] === second;
    },
  };
}

/** @returns class and id of a whole frame as one number, class first */
export function ubxMessage(frame: Buffer): number {
  return frame.readUInt16BE(2);
}

export function ubxPayload(frame: Buffer): Buffer {
  return frame.subarray(HEAD_BYTES, frame.length - CHECKSUM_BYTES);
}

export function writeUbx(message: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length + CHECKSUM_BYTES);
  bytes.set(SYNC);
  bytes.writeUInt16BE(message, 2);
  bytes.writeUInt16LE(payload.length, 4);
  bytes.set(payload, HEAD_BYTES);
  bytes.set(fletcher8(bytes, 2, HEAD_BYTES + payload.length), HEAD_BYTES + payload.length);
  return bytes;
}

/** One measurement each `intervalMs`, a fix for each measurement, timeRef 1: GPS time. UBX-CFG-RATE. */
export function writeUbxRate(intervalMs: number): Buffer {
  const payload = Buffer.from([0, 0, 1, 0, 1, 0]);
  payload.writeUInt16LE(intervalMs, 0);
  return writeUbx(UBX.cfgRate, payload);
}

/** What is known of the satellites and is kept: all (hot), the almanac (warm), nothing (cold). */
export const UBX_RESTARTS = ["hot", "warm", "cold"] as const;
export type UbxRestart = (typeof UBX_RESTARTS)[number];

/** navBbrMask: what is forgotten. */
const FORGOTTEN: Readonly<Record<UbxRestart, number>> = { hot: 0x0000, warm: 0x0001, cold: 0xffff };

/** resetMode 2 restarts the receiver but not its ports. Receivers need not acknowledge it. UBX-CFG-RST. */
export function writeUbxRestart(kind: UbxRestart): Buffer {
  const payload = Buffer.from([0, 0, 2, 0]);
  payload.writeUInt16LE(FORGOTTEN[kind], 0);
  return writeUbx(UBX.cfgRst, payload);
}
