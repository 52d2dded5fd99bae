import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * The link layer of the wired M-Bus (EN 13757-2, 5; M-Bus documentation 4.8, chapter 5):
 *
 *   either way       E5                                              received
 *   master → meter   10 | C | A | sum | 16                           short frame
 *   either way       68 | L | L | 68 | C | A | CI | data | sum | 16  long frame; L and the sum count from C to data
 */
const SHORT = 0x10;
const LONG = 0x68;
const STOP = 0x16;
export const ACKNOWLEDGED = 0xe5;

const HEAD_BYTES = 4;
/** Start, L twice, start, and at the end the sum and the stop. */
const FRAME_BYTES = 6;
/** C, A and CI. */
const LEAST_LENGTH = 3;

/** C of what a master sends. Bit 5 is the frame count bit (FCB). */
export const RESET = 0x40;
export const REQUEST = 0x5b;
export const FRAME_COUNT = 0x20;
const SEND_DATA = 0x53;
/** C of a meter's answer with data; access demand and data flow control are bits 5 and 4. */
const RESPOND = 0x08;
const RESPOND_FLAGS = 0x30;

/** The meter that was selected by its identification. */
export const SELECTED = 0xfd;
/** Whichever meter there is, where there is one only. */
export const ANY = 0xfe;

/** CI, the kind of the data. M-Bus documentation 4.8, 6.1 */
export const CI = {
  select: 0x52,
  error: 0x70,
  variable: 0x72,
  variableMsbFirst: 0x76,
  fixed: 0x73,
  fixedMsbFirst: 0x77,
} as const;
const ANSWERS: ReadonlySet<number> = new Set([0x70, 0x72, 0x73, 0x76, 0x77]);

export const LONG_FRAMES: FrameFormat = {
  sync: [LONG],
  headBytes: HEAD_BYTES,
  maxBytes: 0xff + FRAME_BYTES,
  lengthOf: lengthAt,
  isIntact: (bytes, start, end) => isWhole(bytes, start, end) && !hasHeadInside(bytes, start, end),
};

/** What a simulated meter hears besides long frames. */
export const SHORT_FRAMES: FrameFormat = {
  sync: [SHORT],
  headBytes: 5,
  maxBytes: 5,
  lengthOf: () => 5,
  isIntact: (bytes, start) =>
    sum8(bytes, start + 1, start + 3) === bytes[start + 3] && bytes[start + 4] === STOP,
};

function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes[at + 1] ?? 0;
  return length === bytes[at + 2] && bytes[at + 3] === LONG ? length + FRAME_BYTES : 0;
}

function isWhole(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= LEAST_LENGTH + FRAME_BYTES &&
    sum8(bytes, start + HEAD_BYTES, end - 2) === bytes[end - 2] &&
    bytes[end - 1] === STOP
  );
}

/**
 * An answer that was cut off, and the beginning of the next: one of 256 sums fits by chance, and 16 is a frequent byte. No
 * meter's data have in them what looks like the seven bytes that an answer begins with.
 */
function hasHeadInside(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + HEAD_BYTES; at <= end - HEAD_BYTES - LEAST_LENGTH; at++)
    if (bytes[at] === LONG && lengthAt(bytes, at) > 0 && isAnswer(bytes[at + 4], bytes[at + 6])) return true;
  return false;
}

function isAnswer(control = 0, ci = 0): boolean {
  return (control & ~RESPOND_FLAGS) === RESPOND && ANSWERS.has(ci);
}

/** A long frame, apart. */
export interface LongFrame {
  readonly control: number;
  readonly address: number;
  readonly ci: number;
  readonly data: Buffer;
}

export function readLong(frame: Buffer): LongFrame {
  const [control = 0, address = 0, ci = 0] = frame.subarray(HEAD_BYTES);
  return { control, address, ci, data: frame.subarray(HEAD_BYTES + LEAST_LENGTH, frame.length - 2) };
}

/** Whether it is from a meter; the echo of what a master sends is not. */
export function isResponse({ control }: LongFrame): boolean {
  return (control & ~RESPOND_FLAGS) === RESPOND;
}

export function writeShort(control: number, address: number): Buffer {
  return Buffer.of(SHORT, control, address, (control + address) & 0xff, STOP);
}

export function writeLong({ control, address, ci, data }: LongFrame): Buffer {
  const length = data.length + LEAST_LENGTH;
  const body = Buffer.from([control, address, ci, ...data]);
  return Buffer.from([LONG, length, length, LONG, ...body, sum8(body, 0, length), STOP]);
}

/** A meter's answer. */
export function writeResponse(address: number, ci: number, data: Buffer): Buffer {
  return writeLong({ control: RESPOND, address, ci, data });
}

/** Selects the meter of this identification; it alone then hears {@link SELECTED}. M-Bus documentation 4.8, 7.1 */
export function writeSelect(address: Buffer): Buffer {
  return writeLong({ control: SEND_DATA, address: SELECTED, ci: CI.select, data: address });
}

function sum8(bytes: Buffer, start: number, end: number): number {
  return sum16(bytes, start, end) & 0xff;
}
