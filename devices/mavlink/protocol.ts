import type { FrameFormat } from "../../src/codec/index.ts";
import { crc16, next } from "./crc16.ts";
import { MESSAGES } from "./messages.ts";
import { OTHERS } from "./others.table.ts";

/**
 * MAVLink, version 1 and 2, mixed as they come. MAVLink developer guide, "Packet serialization". Little endian.
 *
 *   1  FE | length | seq | system | component | id u8 | payload | CRC u16
 *   2  FD | length | incompatible | compatible | seq | system | component | id u24 | payload | CRC u16 | [signature 13]
 *
 * The CRC is over all after the first byte, and one byte more that is not sent, CRC_EXTRA: the digest of the message's
 * definition. So a message whose definition is not known cannot be told from noise, and is counted as such.
 */
const STX1 = 0xfe;
const STX2 = 0xfd;
const HEAD1_BYTES = 6;
const HEAD2_BYTES = 10;
const CRC_BYTES = 2;
const SIGNATURE_BYTES = 13;
const MAX_PAYLOAD = 255;
/** The only incompatibility flag there is; a packet with another must be dropped. "Incompatibility flags". */
const SIGNED = 0x01;

export type Version = 1 | 2;

export interface Packet {
  readonly version: Version;
  readonly seq: number;
  readonly system: number;
  readonly component: number;
  readonly id: number;
  readonly payload: Buffer;
  /** Signatures are passed over, not checked: there is no key here. */
  readonly isSigned: boolean;
}

interface Checked {
  readonly crcExtra: number;
  /** Length in MAVLink 1, exactly. */
  readonly baseBytes: number;
}

const CHECKED: ReadonlyMap<number, Checked> = new Map([
  ...OTHERS.map(([id, crcExtra, baseBytes]) => [id, { crcExtra, baseBytes }] as const),
  ...Object.values(MESSAGES).map(({ id, layout }) => [id, layout] as const),
]);

const VERSION_1: FrameFormat = {
  sync: [STX1],
  headBytes: HEAD1_BYTES,
  maxBytes: HEAD1_BYTES + MAX_PAYLOAD + CRC_BYTES,
  lengthOf: (bytes, at) => {
    const length = bytes[at + 1] ?? 0;
    const known = CHECKED.get(bytes[at + 5] ?? 0);
    return known?.baseBytes === length ? HEAD1_BYTES + length + CRC_BYTES : 0;
  },
  isIntact: (bytes, start, end) =>
    isIntact(bytes, start, end - CRC_BYTES, CHECKED.get(bytes[start + 5] ?? 0)),
};

const VERSION_2: FrameFormat = {
  sync: [STX2],
  headBytes: HEAD2_BYTES,
  maxBytes: HEAD2_BYTES + MAX_PAYLOAD + CRC_BYTES + SIGNATURE_BYTES,
  lengthOf: (bytes, at) => {
    const flags = bytes[at + 2] ?? 0;
    // Shorter by its zeros or longer by new extensions: any length is right.
    if ((flags & ~SIGNED) !== 0 || !CHECKED.has(bytes.readUIntLE(at + 7, 3))) return 0;
    return HEAD2_BYTES + (bytes[at + 1] ?? 0) + CRC_BYTES + signatureBytes(flags);
  },
  isIntact: (bytes, start, end) =>
    isIntact(
      bytes,
      start,
      end - signatureBytes(bytes[start + 2] ?? 0) - CRC_BYTES,
      CHECKED.get(bytes.readUIntLE(start + 7, 3)),
    ),
};

export const MAVLINK_FRAMES = [VERSION_1, VERSION_2] as const;

function signatureBytes(flags: number): number {
  return flags & SIGNED ? SIGNATURE_BYTES : 0;
}

function isIntact(bytes: Buffer, start: number, end: number, checked: Checked | undefined): boolean {
  if (!checked) return false;
  return next(crc16(bytes, start + 1, end), checked.crcExtra) === bytes.readUInt16LE(end);
}

/** Of a whole and intact frame. */
export function packetOf(frame: Buffer): Packet {
  const version = frame[0] === STX1 ? 1 : 2;
  // From the sequence on both are the same, but for the width of the id.
  const at = version === 1 ? 2 : 4;
  const head = version === 1 ? HEAD1_BYTES : HEAD2_BYTES;
  return {
    version,
    seq: frame[at] ?? 0,
    system: frame[at + 1] ?? 0,
    component: frame[at + 2] ?? 0,
    id: frame.readUIntLE(at + 3, version === 1 ? 1 : 3),
    payload: frame.subarray(head, head + (frame[1] ?? 0)),
    isSigned: version === 2 && ((frame[2] ?? 0) & SIGNED) !== 0,
  };
}

/** @param payload with all its fields: MAVLink 1 takes its base, MAVLink 2 leaves out the zeros at the end but for the first byte */
export function writePacket({
  version,
  seq,
  system,
  component,
  id,
  payload,
}: Omit<Packet, "isSigned">): Buffer {
  const checked = CHECKED.get(id);
  const sent = version === 1 ? payload.subarray(0, checked?.baseBytes) : withoutZeros(payload);
  const head =
    version === 1
      ? Buffer.from([STX1, sent.length, seq, system, component, id & 0xff])
      : Buffer.from([STX2, sent.length, 0, 0, seq, system, component, id & 0xff, (id >> 8) & 0xff, id >> 16]);
  const frame = Buffer.concat([head, sent, Buffer.alloc(CRC_BYTES)]);
  const end = frame.length - CRC_BYTES;
  frame.writeUInt16LE(next(crc16(frame, 1, end), checked?.crcExtra ?? 0), end);
  return frame;
}

function withoutZeros(payload: Buffer): Buffer {
  let end = payload.length;
  while (end > 1 && payload[end - 1] === 0) end--;
  return payload.subarray(0, end);
}
