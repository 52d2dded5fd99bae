import { fletcher8, type FrameFormat } from "../../src/codec/index.ts";

/** UBX, u-blox's binary protocol, as far as setting a receiver needs it. u-blox interface description, 3.2. */
const SYNC = [0xb5, 0x62] as const;
/** Sync, class, id, length. */
const HEAD_BYTES = 6;
const CHECKSUM_BYTES = 2;

/** Class and id of a message, as one number. */
export const UBX = { ack: 0x0501, cfgRst: 0x0604, cfgRate: 0x0608 } as const;

export function writeUbx(message: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length + CHECKSUM_BYTES);
  bytes.set(SYNC);
  bytes.writeUInt16BE(message, 2);
  bytes.writeUInt16LE(payload.length, 4);
  bytes.set(payload, HEAD_BYTES);
  bytes.set(fletcher8(bytes, 2, HEAD_BYTES + payload.length), HEAD_BYTES + payload.length);
  return bytes;
}

/** For a FrameScanner: all that is sent to a receiver here is short. */
export const UBX_FRAMES: FrameFormat = {
  sync: SYNC,
  headBytes: HEAD_BYTES,
  maxBytes: 64,
  lengthOf: (bytes, at) => HEAD_BYTES + bytes.readUInt16LE(at + 4) + CHECKSUM_BYTES,
  isIntact: (bytes, start, end) => {
    const [first, second] = fletcher8(bytes, start + 2, end - CHECKSUM_BYTES);
    return bytes[end - 2] === first && bytes[end - 1] === second;
  },
};
