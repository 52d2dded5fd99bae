import { INCOMPLETE, sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * What Honeywell's HPM series and its host say (data sheet 32322550 issue F, tables 4 to 7):
 *
 *   order        68 | length | command | data … | sum
 *   answer       40 | length | command | data … | sum      length counts command and data; or A5 A5: done, 96 96: not done
 *   auto send    42 4D | 00 1C | 13 words | sum u16        the sum of everything before it
 *
 * The sum of orders and answers makes that of the whole frame a multiple of 256. Numbers are big endian.
 */
const ORDER_HEAD = 0x68;
const ANSWER_HEAD = 0x40;
const AUTO_BYTES = 32;
const AUTO_WORDS = 13;
const DONE = 0xa5;
const NOT_DONE = 0x96;

/** The commands, tables 4 and 6. */
export const ORDERS = {
  start: 0x01,
  stop: 0x02,
  read: 0x04,
  adjust: 0x08,
  coefficient: 0x10,
  auto_off: 0x20,
  auto_on: 0x40,
} as const;
export type OrderName = keyof typeof ORDERS;

/** What each model tells, in the order of its answer, and the first of its words in what it sends by itself. */
export const MODELS = {
  s0: { fields: ["pm2_5", "pm10"], answerLength: 0x05, firstWord: 1 },
  c0: { fields: ["pm1", "pm2_5", "pm4", "pm10"], answerLength: 0x0d, firstWord: 0 },
} as const;
export type Model = keyof typeof MODELS;
export type Field = (typeof MODELS)[Model]["fields"][number];

/** How every frame with a measurement begins. */
const READ_HEADS = Object.values(MODELS).map(({ answerLength }) => [ANSWER_HEAD, answerLength, ORDERS.read]);
const AUTO_HEAD = [0x42, 0x4d, 0x00, 0x1c] as const;
const HEADS: readonly (readonly number[])[] = [...READ_HEADS, AUTO_HEAD];
/** An answer, and as much of a head that begins in its last two bytes as comes after it. */
const LONGEST_ANSWER = 16 + 2;
const COEFFICIENT_LENGTH = 0x02;

/**
 * A sum of one byte fits a frame that was cut off and the beginning of the next one now and then. No air has the values that look
 * like a head; if the last two bytes do, the next ones tell.
 */
export const ANSWER_FRAMES: FrameFormat = {
  sync: [ANSWER_HEAD],
  headBytes: 3,
  maxBytes: LONGEST_ANSWER,
  lengthOf(bytes, at) {
    const length = answerBytes(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    const end = at + length;
    if (length === 0 || end > bytes.length || !isZeroSum(bytes, at, end)) return length;
    return headInside(bytes, at, end) === "unknown" ? INCOMPLETE : length;
  },
  isIntact: (bytes, start, end) => isZeroSum(bytes, start, end) && headInside(bytes, start, end) !== "yes",
};

export const AUTO_FRAMES: FrameFormat = {
  sync: AUTO_HEAD,
  headBytes: AUTO_HEAD.length,
  maxBytes: AUTO_BYTES,
  lengthOf: () => AUTO_BYTES,
  isIntact: (bytes, start, end) =>
    sum16(bytes, start, end - 2) === bytes.readUInt16BE(end - 2) && headInside(bytes, start, end) !== "yes",
};

export const DONE_FRAMES = pairOf(DONE);
export const NOT_DONE_FRAMES = pairOf(NOT_DONE);

/** What a simulated sensor hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: [ORDER_HEAD],
  headBytes: 2,
  maxBytes: 5,
  lengthOf: (bytes, at) => (bytes[at + 1] === 1 || bytes[at + 1] === 2 ? (bytes[at + 1] ?? 0) + 3 : 0),
  isIntact: isZeroSum,
};

export type SensorFrame =
  | { readonly kind: "done" }
  | { readonly kind: "not-done" }
  | { readonly kind: "coefficient"; readonly coefficient: number }
  /** `model`: undefined in what a sensor sends by itself, which looks alike. */
  | { readonly kind: "measurement"; readonly model: Model | undefined; readonly words: readonly number[] };

/** @param frame whole and intact */
export function readFrame(frame: Buffer): SensorFrame {
  if (frame.length === 2) return { kind: frame[0] === DONE ? "done" : "not-done" };
  if (frame[0] !== ANSWER_HEAD)
    return { kind: "measurement", model: undefined, words: wordsOf(frame, AUTO_HEAD.length, AUTO_WORDS) };
  if (frame[2] === ORDERS.coefficient) return { kind: "coefficient", coefficient: frame[3] ?? 0 };
  const model = frame[1] === MODELS.s0.answerLength ? "s0" : "c0";
  return { kind: "measurement", model, words: wordsOf(frame, 3, MODELS[model].fields.length) };
}

/** @param data the coefficient, for `adjust` */
export function writeOrder(name: OrderName, data: readonly number[] = []): Buffer {
  return withZeroSum([ORDER_HEAD, 1 + data.length, ORDERS[name], ...data]);
}

export function writeDone(isDone: boolean): Buffer {
  return Buffer.alloc(2, isDone ? DONE : NOT_DONE);
}

export function writeCoefficient(coefficient: number): Buffer {
  return withZeroSum([ANSWER_HEAD, COEFFICIENT_LENGTH, ORDERS.coefficient, coefficient]);
}

/** @param values of the model's fields, in their order */
export function writeMeasurement(model: Model, values: readonly number[]): Buffer {
  const { answerLength } = MODELS[model];
  const data = Buffer.alloc(answerLength - 1);
  for (const [index, value] of values.entries()) data.writeUInt16BE(value, 2 * index);
  return withZeroSum([ANSWER_HEAD, answerLength, ORDERS.read, ...data]);
}

/** What a sensor sends by itself. */
export function writeAuto(model: Model, values: readonly number[]): Buffer {
  const frame = Buffer.alloc(AUTO_BYTES);
  frame.set(AUTO_HEAD);
  for (const [index, value] of values.entries())
    frame.writeUInt16BE(value, AUTO_HEAD.length + 2 * (MODELS[model].firstWord + index));
  frame.writeUInt16BE(sum16(frame, 0, AUTO_BYTES - 2), AUTO_BYTES - 2);
  return frame;
}

function answerBytes(length: number, command: number): number {
  const isMeasurement = command === ORDERS.read && READ_HEADS.some((head) => head[1] === length);
  const isCoefficient = command === ORDERS.coefficient && length === COEFFICIENT_LENGTH;
  return isMeasurement || isCoefficient ? length + 3 : 0;
}

/** Two bytes alike, without a sum. */
function pairOf(byte: number): FrameFormat {
  return { sync: [byte, byte], headBytes: 2, maxBytes: 2, lengthOf: () => 2, isIntact: () => true };
}

/** Whether a measurement begins inside the frame; only its last byte, a sum, may be the first of one. */
function headInside(bytes: Buffer, start: number, end: number): "yes" | "no" | "unknown" {
  let isUnknown = false;
  for (let at = start + 1; at < end - 1; at++)
    for (const head of HEADS) {
      if (!head.every((byte, index) => (bytes[at + index] ?? byte) === byte)) continue;
      if (at + head.length <= bytes.length) return "yes";
      isUnknown = true;
    }
  return isUnknown ? "unknown" : "no";
}

function wordsOf(frame: Buffer, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => frame.readUInt16BE(from + 2 * index));
}

function isZeroSum(bytes: Buffer, start: number, end: number): boolean {
  return (sum16(bytes, start, end) & 0xff) === 0;
}

function withZeroSum(bytes: readonly number[]): Buffer {
  const frame = Buffer.from([...bytes, 0]);
  frame[frame.length - 1] = -sum16(frame, 0, frame.length) & 0xff;
  return frame;
}
