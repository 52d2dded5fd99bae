import { INCOMPLETE, sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Streams of RESOL's VBus (VBus Protocol Specification, revision 13), all numbers little endian:
 *
 *   every     AA | destination u16 | source u16 | version | …
 *   1.0       AA | to | from | 10 | command u16 | frames | check      then frames of   4 bytes | septet | check
 *   2.0       AA | to | from | 20 | command u16 | id u16 | value u32 | septet | check
 *   3.x       AA | to | from | 30, 31 | command | check               then frames of   7 bytes | septet | check
 *
 * No byte but the sync has its top bit set: those of a payload travel in the septet, bit 0 for the first byte. So a byte
 * above 7F in a stream is where another begins.
 */
const SYNC = 0xaa;
const MAX_BYTE = 0x7f;

/** "Beginning of a VBus data stream". */
const VERSIONS = { packet: 0x10, datagram: 0x20, telegram: 0x30, telegram31: 0x31 } as const;

const PACKET_HEAD_BYTES = 10;
const FRAME_PAYLOAD_BYTES = 4;
/** Payload, septet, check. */
const FRAME_BYTES = 6;
const DATAGRAM_BYTES = 16;
const TELEGRAM_HEAD_BYTES = 8;
const TELEGRAM_FRAME_BYTES = 9;

/** Most bytes of a payload: 127 frames of four. */
export const MAX_PAYLOAD_BYTES = FRAME_PAYLOAD_BYTES * MAX_BYTE;

/** Commands of packets. "Protocol version 1.0". */
export const COMMANDS = { data: 0x0100 } as const;
/** To whom block type packets go, which are not laid out by their sender's address. */
export const BLOCK_TYPE_DESTINATION = 0x0015;
/** The display or data logger that controllers send their values to. */
export const DATA_DESTINATION = 0x0010;

export const VBUS_STREAMS: FrameFormat = {
  sync: [SYNC],
  headBytes: TELEGRAM_HEAD_BYTES,
  maxBytes: PACKET_HEAD_BYTES + FRAME_BYTES * MAX_BYTE,
  lengthOf: (bytes, at) => {
    const length = announcedBytes(bytes, at);
    const cut = length > 0 ? cutWithin(bytes, at, length) : -1;
    return cut < 0 ? length : cut + 1 - at;
  },
  isIntact: (bytes, start, end) => {
    if (cutWithin(bytes, start, end - start) >= 0) return false;
    const version = bytes[start + 5];
    if (version === VERSIONS.datagram) return isChecked(bytes, start + 1, end);
    const [head, frame] =
      version === VERSIONS.packet
        ? [PACKET_HEAD_BYTES, FRAME_BYTES]
        : [TELEGRAM_HEAD_BYTES, TELEGRAM_FRAME_BYTES];
    for (let at = start + head; at < end; at += frame) if (!isChecked(bytes, at, at + frame)) return false;
    return true;
  },
};

/** What a controller tells others: version 1.0. */
export interface Packet {
  readonly destination: number;
  readonly source: number;
  readonly command: number;
  readonly payload: Buffer;
}

/** @param stream whole and intact. @returns undefined for a datagram or a telegram */
export function packetOf(stream: Buffer): Packet | undefined {
  if (stream[5] !== VERSIONS.packet) return undefined;
  return {
    destination: stream.readUInt16LE(1),
    source: stream.readUInt16LE(3),
    command: stream.readUInt16LE(6),
    payload: payloadOf(stream),
  };
}

/** @param packet with a payload of whole frames */
export function writePacket({ destination, source, command, payload }: Packet): Buffer {
  const head = Buffer.alloc(PACKET_HEAD_BYTES);
  head[0] = SYNC;
  head.writeUInt16LE(destination, 1);
  head.writeUInt16LE(source, 3);
  head[5] = VERSIONS.packet;
  head.writeUInt16LE(command, 6);
  head[8] = payload.length / FRAME_PAYLOAD_BYTES;
  const frames = Array.from({ length: head[8] }, (_, index) =>
    frameOf(payload.subarray(index * FRAME_PAYLOAD_BYTES, (index + 1) * FRAME_PAYLOAD_BYTES)),
  );
  return Buffer.concat([checked(head, 1), ...frames]);
}

/** @returns the length that the head promises, 0 if there is no head, or INCOMPLETE */
function announcedBytes(bytes: Buffer, at: number): number {
  const version = bytes[at + 5];
  if (version === VERSIONS.datagram) return DATAGRAM_BYTES;
  if (version === VERSIONS.telegram || version === VERSIONS.telegram31) {
    if (!isChecked(bytes, at + 1, at + TELEGRAM_HEAD_BYTES)) return 0;
    return TELEGRAM_HEAD_BYTES + TELEGRAM_FRAME_BYTES * (((bytes[at + 6] ?? 0) >> 5) & 3);
  }
  if (version !== VERSIONS.packet) return 0;
  if (cutWithin(bytes, at, PACKET_HEAD_BYTES) >= 0) return 0;
  if (bytes.length < at + PACKET_HEAD_BYTES) return INCOMPLETE;
  if (!isChecked(bytes, at + 1, at + PACKET_HEAD_BYTES)) return 0;
  return PACKET_HEAD_BYTES + FRAME_BYTES * (bytes[at + 8] ?? 0);
}

/** @returns where another stream begins inside of this one, as far as it is there, or -1 */
function cutWithin(bytes: Buffer, start: number, length: number): number {
  const end = Math.min(start + length, bytes.length);
  for (let at = start + 1; at < end; at++) if ((bytes[at] ?? 0) > MAX_BYTE) return at;
  return -1;
}

function payloadOf(stream: Buffer): Buffer {
  const frames = (stream.length - PACKET_HEAD_BYTES) / FRAME_BYTES;
  const payload = Buffer.alloc(frames * FRAME_PAYLOAD_BYTES);
  for (let frame = 0; frame < frames; frame++) {
    const from = PACKET_HEAD_BYTES + frame * FRAME_BYTES;
    const septet = stream[from + FRAME_PAYLOAD_BYTES] ?? 0;
    for (let i = 0; i < FRAME_PAYLOAD_BYTES; i++)
      payload[frame * FRAME_PAYLOAD_BYTES + i] = (stream[from + i] ?? 0) | (((septet >> i) & 1) << 7);
  }
  return payload;
}

function frameOf(payload: Buffer): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  payload.forEach((byte, i) => {
    frame[i] = byte & MAX_BYTE;
    frame[FRAME_PAYLOAD_BYTES] = (frame[FRAME_PAYLOAD_BYTES] ?? 0) | ((byte >> 7) << i);
  });
  return checked(frame, 0);
}

/** The last byte is 7F less all of those before it, in seven bits. "Checksums". */
function isChecked(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === checkOf(bytes, start, end - 1);
}

function checked(bytes: Buffer, start: number): Buffer {
  bytes[bytes.length - 1] = checkOf(bytes, start, bytes.length - 1);
  return bytes;
}

function checkOf(bytes: Buffer, start: number, end: number): number {
  return (MAX_BYTE - sum16(bytes, start, end)) & MAX_BYTE;
}
