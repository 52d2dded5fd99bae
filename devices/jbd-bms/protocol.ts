import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of JBD's battery managements (JBD register map of the Overkill Solar project, "Packet details"):
 *
 *   host → BMS   DD | A5 read, 5A write | register | length | data … | check u16 | 77
 *   BMS → host   DD | register | status | length | data … | check u16 | 77
 *
 * All big endian. The check is 0x10000 less the sum of what is between the second byte and the check itself. 77 occurs
 * in data too: only the length tells where a frame ends.
 */
const SYNC = 0xdd;
const END = 0x77;
const READ = 0xa5;
const WRITE = 0x5a;
const HEAD_BYTES = 4;
const TAIL_BYTES = 3;
/** 32 cells of two bytes, the most that a BMS has. */
const MAX_DATA_BYTES = 64;
const REFUSED = 0x80;

export const REGISTERS = { basicInfo: 0x03, cellVoltages: 0x04, model: 0x05, mosfets: 0xe1 } as const;

/**
 * Both directions: on RS-485 one's own requests come back, and read as an answer they are intact. A status is 00 or 80,
 * and what is refused has no data; anything else is no frame, so that DD in noise holds nothing back for long.
 */
export const JBD_FRAMES: FrameFormat = {
  sync: [SYNC],
  headBytes: HEAD_BYTES,
  maxBytes: HEAD_BYTES + MAX_DATA_BYTES + TAIL_BYTES,
  lengthOf: (bytes, at) => {
    const [kind = 0, status = 0, length = 0] = bytes.subarray(at + 1, at + HEAD_BYTES);
    return isHead(kind, status, length) ? HEAD_BYTES + length + TAIL_BYTES : 0;
  },
  isIntact: (bytes, start, end) =>
    bytes[end - 1] === END && bytes.readUInt16BE(end - TAIL_BYTES) === checkOf(bytes, start, end),
};

/** What a BMS says of one register. */
export interface Answer {
  readonly register: number;
  readonly ok: boolean;
  readonly data: Buffer;
}

/** @returns undefined for a request: one's own echo, or another host's */
export function answerOf(frame: Buffer): Answer | undefined {
  const [, register = 0, status = 0] = frame;
  if (register === READ || register === WRITE) return undefined;
  return { register, ok: status === 0, data: frame.subarray(HEAD_BYTES, frame.length - TAIL_BYTES) };
}

/** A host's request as the BMS hears it; undefined for an answer. */
export function requestOf(
  frame: Buffer,
): { readonly register: number; readonly written?: Buffer } | undefined {
  const [, kind = 0, register = 0] = frame;
  if (kind === READ) return { register };
  if (kind === WRITE) return { register, written: frame.subarray(HEAD_BYTES, frame.length - TAIL_BYTES) };
  return undefined;
}

export function writeRead(register: number): Buffer {
  return frameOf([READ, register], Buffer.alloc(0));
}

/** Register E1, "MOSFET control": bit 0 keeps the charge MOSFET off, bit 1 the discharge MOSFET. */
export function writeMosfets(on: { readonly charge: boolean; readonly discharge: boolean }): Buffer {
  const bits = (on.charge ? 0 : 1) | (on.discharge ? 0 : 2);
  return frameOf([WRITE, REGISTERS.mosfets], Buffer.of(0, bits));
}

export function writeAnswer(register: number, data: Uint8Array, ok = true): Buffer {
  return frameOf([register, ok ? 0 : REFUSED], data);
}

function isHead(kind: number, status: number, length: number): boolean {
  if (kind === READ) return length === 0;
  if (kind === WRITE) return length <= MAX_DATA_BYTES;
  return status === 0 ? length <= MAX_DATA_BYTES : status === REFUSED && length === 0;
}

function frameOf(head: readonly [number, number], data: Uint8Array): Buffer {
  const frame = Buffer.concat([Buffer.of(SYNC, ...head, data.length), data, Buffer.of(0, 0, END)]);
  frame.writeUInt16BE(checkOf(frame, 0, frame.length), frame.length - TAIL_BYTES);
  return frame;
}

function checkOf(bytes: Buffer, start: number, end: number): number {
  return -sum16(bytes, start + 2, end - TAIL_BYTES) & 0xffff;
}
