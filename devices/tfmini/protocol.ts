import { INCOMPLETE, sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of Benewake's small lidars (TFmini Plus manual A04, 5.3 and 7.3; TF-Luna manual A03, 6.3; TFmini manual A03, 5.3):
 *
 *   data     59 | 59 | distance u16 | strength u16 | temperature u16 | sum      TFmini: mode and 0 for the temperature
 *   order    5A | length | order | … | sum                                      length is that of the whole frame
 *   answer   5A | length | order | … | sum
 *
 * Numbers are little endian; the sum is the low byte of that of everything before it.
 */
const DATA_HEAD = 0x59;
const ORDER_HEAD = 0x5a;
const DATA_BYTES = 9;
const SUM_BYTES = 1;

/** By the manuals' tables of commands: 7.4 of the Plus, 6.4 of the Luna. */
export const ORDERS = {
  version: 0x01,
  restart: 0x02,
  rate: 0x03,
  trigger: 0x04,
  unit: 0x05,
  output: 0x07,
  factory_reset: 0x10,
  save: 0x11,
} as const;
export type OrderName = keyof typeof ORDERS;

/** How long answers are. A trigger is answered by a data frame. */
const ANSWER_BYTES: ReadonlyMap<number, number> = new Map([
  [ORDERS.version, 7],
  [ORDERS.restart, 5],
  [ORDERS.rate, 6],
  [ORDERS.unit, 5],
  [ORDERS.output, 5],
  [ORDERS.factory_reset, 5],
  [ORDERS.save, 5],
]);
const LONGEST_ORDER = 8;

/** Raw temperatures that a chip that works may have: -40 to 125 Cel. */
const COLDEST = (-40 + 256) * 8;
const HOTTEST = (125 + 256) * 8;

/** The most that it takes to tell whether a frame or one that begins inside it is meant. */
const LOOK_AHEAD_BYTES = 2 * DATA_BYTES - 2;

/**
 * The head may stand in the data, and its byte often does: 89 cm. A frame that was cut off and the beginning of the next one look
 * the same, and a sum of one byte fits now and then. Where it could be that, what follows decides: see `isSuperseded`.
 */
export const DATA_FRAMES: FrameFormat = {
  sync: [DATA_HEAD, DATA_HEAD],
  headBytes: DATA_BYTES,
  maxBytes: LOOK_AHEAD_BYTES,
  lengthOf(bytes, at) {
    const [last] = hasRightSum(bytes, at, at + DATA_BYTES) ? innerHeads(bytes, at) : [];
    // The end of the frame that begins there, and whether a head follows this one.
    const needed = last === undefined ? DATA_BYTES : DATA_BYTES + Math.max(last, 2);
    return bytes.length - at < needed ? INCOMPLETE : DATA_BYTES;
  },
  isIntact: (bytes, start, end) => hasRightSum(bytes, start, end) && !isSuperseded(bytes, start),
};

/** An answer in which a data frame's head stands is one that was cut off: no setting has such a value. */
export const ANSWER_FRAMES: FrameFormat = {
  sync: [ORDER_HEAD],
  headBytes: 3,
  maxBytes: LONGEST_ORDER,
  lengthOf(bytes, at) {
    const length = bytes[at + 1] ?? 0;
    return ANSWER_BYTES.get(bytes[at + 2] ?? 0) === length ? length : 0;
  },
  isIntact(bytes, start, end) {
    for (let at = start; at < end - 1; at++) if (isHead(bytes, at)) return false;
    return hasRightSum(bytes, start, end);
  },
};

/** What a simulated lidar hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: [ORDER_HEAD],
  headBytes: 2,
  maxBytes: LONGEST_ORDER,
  lengthOf(bytes, at) {
    const length = bytes[at + 1] ?? 0;
    return length >= 4 ? length : 0;
  },
  isIntact: hasRightSum,
};

/** What is in a data frame, as it is on the line. */
export interface Raw {
  readonly distance: number;
  readonly strength: number;
  /** Eighths of a degree over -256 Cel; of the first TFmini its mode. */
  readonly temperature: number;
}

export type LidarFrame =
  | ({ readonly kind: "data" } & Raw)
  | { readonly kind: "answer"; readonly order: number; readonly payload: readonly number[] };

/** @param frame whole and intact */
export function readFrame(frame: Buffer): LidarFrame {
  if (frame[0] === ORDER_HEAD)
    return { kind: "answer", order: frame[2] ?? 0, payload: [...frame.subarray(3, -SUM_BYTES)] };
  return {
    kind: "data",
    distance: frame.readUInt16LE(2),
    strength: frame.readUInt16LE(4),
    temperature: frame.readUInt16LE(6),
  };
}

/** @returns Cel, or null for what cannot be: firmware before V1.3.0 has none. Plus manual, 5.3 */
export function celsius(raw: number): number | null {
  return raw >= COLDEST && raw <= HOTTEST ? raw / 8 - 256 : null;
}

/** An order, or its answer. */
export function writeOrder(name: OrderName, payload: readonly number[] = []): Buffer {
  const length = 3 + payload.length + SUM_BYTES;
  return withSum(Buffer.from([ORDER_HEAD, length, ORDERS[name], ...payload, 0]));
}

export function writeData({ distance, strength, temperature }: Raw): Buffer {
  const frame = Buffer.alloc(DATA_BYTES, DATA_HEAD);
  frame.writeUInt16LE(distance, 2);
  frame.writeUInt16LE(strength, 4);
  frame.writeUInt16LE(temperature, 6);
  return withSum(frame);
}

/**
 * Whether the frame is but a piece, because one that passes its check begins inside it. Not if a head follows it, as it does in a
 * stream.
 */
function isSuperseded(bytes: Buffer, start: number): boolean {
  if (isHead(bytes, start + DATA_BYTES)) return false;
  return innerHeads(bytes, start).some((at) => hasRightSum(bytes, start + at, start + at + DATA_BYTES));
}

/**
 * Where in a frame others may begin, the last first. Not at its second byte if it ends as data do: that is a distance such as
 * 89 cm.
 */
function innerHeads(bytes: Buffer, start: number): number[] {
  const heads: number[] = [];
  for (let at = DATA_BYTES - 2; at > 1; at--) if (isHead(bytes, start + at)) heads.push(at);
  const end = bytes.readUInt16LE(start + 6);
  const isMode = end <= 0xff;
  if (isHead(bytes, start + 1) && !isMode && celsius(end) === null) heads.push(1);
  return heads;
}

function isHead(bytes: Buffer, at: number): boolean {
  return bytes[at] === DATA_HEAD && bytes[at + 1] === DATA_HEAD;
}

function hasRightSum(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === sumOf(bytes, start, end);
}

function withSum(frame: Buffer): Buffer {
  frame[frame.length - 1] = sumOf(frame, 0, frame.length);
  return frame;
}

function sumOf(bytes: Buffer, start: number, end: number): number {
  return sum16(bytes, start, end - SUM_BYTES) & 0xff;
}
