import { INCOMPLETE, sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * What the module GY-MCU680V1 and its host say (its maker's notes, as in PyPMS' "MCU680 module"):
 *
 *   module → host   5A | 5A | values | length | data … | sum      each bit of `values` is one that is in the data
 *   host → module   A5 | order | value | sum
 *
 * Numbers are big endian; the sum is the low byte of that of everything before it.
 */
const HEAD = [0x5a, 0x5a] as const;
const HEAD_BYTES = 4;
const SUM_BYTES = 1;
const ORDER_HEAD = 0xa5;
const ORDER_BYTES = 4;

/** In the order of their bits and of their data; how many bytes each has. */
export const FIELDS = [
  ["temperature", 2],
  ["humidity", 2],
  ["pressure", 3],
  ["iaq", 2],
  ["gas", 4],
  ["altitude", 2],
] as const;
export type Field = (typeof FIELDS)[number][0];
/** Every value, as the module comes. */
export const ALL = (1 << FIELDS.length) - 1;

/** Order, value. */
export const ORDERS = {
  all_values: [0x55, ALL],
  /** From then on the module sends only when it is asked by the same again. */
  read: [0x56, 0x01],
  active: [0x56, 0x02],
  save: [0x5a, 0x01],
  factory_reset: [0x5a, 0x02],
} as const;
export type OrderName = keyof typeof ORDERS;

const LONGEST = HEAD_BYTES + dataBytes(ALL) + SUM_BYTES;

/**
 * A sum of one byte fits a frame that was cut off and the beginning of the next one now and then. Where a head like its own begins
 * inside a frame, what follows decides which of the two is meant: see `isSuperseded`.
 */
export const MODULE_FRAMES: FrameFormat = {
  sync: HEAD,
  headBytes: HEAD_BYTES,
  // A frame that begins in the last two bytes of another before its sum.
  maxBytes: 2 * LONGEST - 2,
  lengthOf(bytes, at) {
    const data = dataBytes(bytes[at + 2] ?? 0);
    if (data === 0 || bytes[at + 3] !== data) return 0;
    const length = HEAD_BYTES + data + SUM_BYTES;
    const end = at + length;
    if (end > bytes.length || !hasRightSum(bytes, at, end)) return length;
    const inner = innerHead(bytes, at, end);
    return inner !== undefined && inner + length > bytes.length ? INCOMPLETE : length;
  },
  isIntact: (bytes, start, end) => hasRightSum(bytes, start, end) && !isSuperseded(bytes, start, end),
};

/** What a simulated module hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: [ORDER_HEAD],
  headBytes: ORDER_BYTES,
  maxBytes: ORDER_BYTES,
  lengthOf: () => ORDER_BYTES,
  isIntact: hasRightSum,
};

/** The values that are in a frame, as they are on the line. */
export type Raw = Partial<Record<Field, number>>;

/** @param frame whole and intact */
export function readRaw(frame: Buffer): Raw {
  const raw: Raw = {};
  let at = HEAD_BYTES;
  for (const [index, [field, size]] of FIELDS.entries()) {
    if (!hasBit(frame[2] ?? 0, index)) continue;
    const isSigned = field === "temperature" || field === "altitude";
    raw[field] = isSigned ? frame.readIntBE(at, size) : frame.readUIntBE(at, size);
    at += size;
  }
  return raw;
}

/** A frame with those values that are there. */
export function writeRaw(raw: Raw): Buffer {
  const given = FIELDS.flatMap(([field, size], bit) =>
    raw[field] === undefined ? [] : [{ bit, size, value: raw[field] }],
  );
  const values = given.reduce((sum, { bit }) => sum | (1 << bit), 0);
  const frame = Buffer.alloc(HEAD_BYTES + dataBytes(values) + SUM_BYTES);
  frame.set([...HEAD, values, dataBytes(values)]);
  let at = HEAD_BYTES;
  for (const { size, value } of given) {
    // The low bytes, of negative numbers too.
    frame.writeUIntBE(value < 0 ? value + 2 ** (8 * size) : value, at, size);
    at += size;
  }
  return withSum(frame);
}

export function writeOrder(name: OrderName): Buffer {
  return withSum(Buffer.from([ORDER_HEAD, ...ORDERS[name], 0]));
}

/** @returns 0 for bits that no module has */
function dataBytes(values: number): number {
  if (values > ALL) return 0;
  return FIELDS.reduce((sum, [, size], index) => sum + (hasBit(values, index) ? size : 0), 0);
}

function hasBit(values: number, index: number): boolean {
  return (values & (1 << index)) !== 0;
}

/** Whether the frame is but a piece, because a whole one begins inside it. Not if another follows it, as it does in a stream. */
function isSuperseded(bytes: Buffer, start: number, end: number): boolean {
  const inner = innerHead(bytes, start, end);
  if (inner === undefined || isSameHead(bytes, start, end)) return false;
  return hasRightSum(bytes, inner, inner + end - start);
}

/** Where a head like the frame's own begins, as far as has come, inside its data; only the sum may be the first byte of one. */
function innerHead(bytes: Buffer, start: number, end: number): number | undefined {
  for (let at = start + HEAD_BYTES; at < end - 1; at++) if (isSameHead(bytes, start, at)) return at;
  return undefined;
}

/** Bytes that have not come yet are as they should be. */
function isSameHead(bytes: Buffer, start: number, at: number): boolean {
  for (let i = 0; i < HEAD_BYTES && at + i < bytes.length; i++)
    if (bytes[at + i] !== bytes[start + i]) return false;
  return true;
}

function hasRightSum(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === sumOf(bytes, start, end);
}

function sumOf(bytes: Buffer, start: number, end: number): number {
  return sum16(bytes, start, end - SUM_BYTES) & 0xff;
}

function withSum(frame: Buffer): Buffer {
  frame[frame.length - 1] = sumOf(frame, 0, frame.length);
  return frame;
}
