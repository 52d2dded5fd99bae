import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of the Plantower PMS family (PMS5003 series data manual V2.5, appendix I):
 *
 *   sensor → host   42 4D | length u16 | words u16 … | sum u16      length counts words and sum
 *   host → sensor   42 4D | command | 00 | value | sum u16
 *
 * All big endian; the sum is that of every byte before it.
 */
const SYNC = [0x42, 0x4d] as const;
const HEAD_BYTES = 4;
const SUM_BYTES = 2;

/** Lengths in the frame by what sends it: an answer, PMS3003, PMSx003 (also T and S), PMS5003ST. */
const LENGTHS: ReadonlySet<number> = new Set([4, 20, 28, 36]);

export const ORDER_BYTES = 7;

/** What the host sends. */
export const ORDERS = {
  read: { command: 0xe2, value: 0 },
  passive: { command: 0xe1, value: 0 },
  active: { command: 0xe1, value: 1 },
  sleep: { command: 0xe4, value: 0 },
  wake: { command: 0xe4, value: 1 },
} as const;
export type OrderName = keyof typeof ORDERS;

/** Any other length after the sync is not the beginning of a frame: 42 4D occurs in data and in noise. */
export const SENSOR_FRAMES: FrameFormat = {
  sync: SYNC,
  headBytes: HEAD_BYTES,
  maxBytes: 40,
  lengthOf: lengthAt,
  isIntact: (bytes, start, end) => hasRightSum(bytes, start, end) && !hasHeadInside(bytes, start, end),
};

function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16BE(at + 2);
  return LENGTHS.has(length) ? HEAD_BYTES + length : 0;
}

/**
 * A frame that was cut off and the beginning of the next one: the sum of a few small numbers is easily that of others, so
 * it fits now and then. No air has the counts that look like a head.
 */
function hasHeadInside(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + HEAD_BYTES; at <= end - HEAD_BYTES; at++)
    if (bytes[at] === SYNC[0] && bytes[at + 1] === SYNC[1] && lengthAt(bytes, at) > 0) return true;
  return false;
}

/** What a simulated sensor hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: SYNC,
  headBytes: ORDER_BYTES,
  maxBytes: ORDER_BYTES,
  lengthOf: () => ORDER_BYTES,
  isIntact: hasRightSum,
};

/** The words of a data frame, without head and sum. */
export function wordsOf(frame: Buffer): number[] {
  const words: number[] = [];
  for (let at = HEAD_BYTES; at < frame.length - SUM_BYTES; at += 2) words.push(frame.readUInt16BE(at));
  return words;
}

/** The order that a frame answers, by repeating it; undefined for a data frame. */
export function answeredBy(frame: Buffer): { readonly command: number; readonly value: number } | undefined {
  const [command, value] = frame.length === 8 ? frame.subarray(HEAD_BYTES) : [];
  return command === undefined || value === undefined ? undefined : { command, value };
}

export function writeOrder(name: OrderName): Buffer {
  const { command, value } = ORDERS[name];
  return withSum(Buffer.from([...SYNC, command, 0, value, 0, 0]));
}

export function writeAnswer(command: number, value: number): Buffer {
  return withSum(Buffer.from([...SYNC, 0, 4, command, value, 0, 0]));
}

export function writeData(words: readonly number[]): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + words.length * 2 + SUM_BYTES);
  frame.set(SYNC);
  frame.writeUInt16BE(words.length * 2 + SUM_BYTES, 2);
  for (const [index, word] of words.entries()) frame.writeUInt16BE(word, HEAD_BYTES + index * 2);
  return withSum(frame);
}

function withSum(frame: Buffer): Buffer {
  frame.writeUInt16BE(sum16(frame, 0, frame.length - SUM_BYTES), frame.length - SUM_BYTES);
  return frame;
}

function hasRightSum(bytes: Buffer, start: number, end: number): boolean {
  return sum16(bytes, start, end - SUM_BYTES) === bytes.readUInt16BE(end - SUM_BYTES);
}
