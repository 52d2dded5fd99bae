import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of Winsen's CO2 modules (MH-Z19B user's manual V1.5, "UART output"; MH-Z19C user's manual V1.2, likewise):
 *
 *   host → sensor   FF | 01 | command | d1 … d5 | sum      01 is the sensor's number, always the same
 *   sensor → host   FF | command | d1 … d6      | sum
 *
 * The sum makes that of all bytes but the first a multiple of 256. Numbers are big endian.
 */
const HEAD = 0xff;
const SENSOR = 0x01;
const FRAME_BYTES = 9;
const DATA_AT = 3;

export const ORDERS = { read: 0x86, zero: 0x87, span: 0x88, abc: 0x79, range: 0x99 } as const;
export type OrderName = keyof typeof ORDERS;

/** "ABC" on, by the data byte of its order. MH-Z19B manual, command 0x79. */
const ABC_ON = 0xa0;

/**
 * What may follow the head: the echo of a request on a line with one wire, and answers. The manuals know an answer to `read`
 * only, but some firmwares answer more, and with commands that the manuals do not have: all of them are 0x78 to 0xA7.
 */
const LEAST_COMMAND = 0x78;
const GREATEST_COMMAND = 0xa7;

/** 0xFF occurs in data, as its values and its sums. */
export const SENSOR_FRAMES: FrameFormat = {
  sync: [HEAD],
  headBytes: 2,
  maxBytes: FRAME_BYTES,
  lengthOf: (bytes, at) => (isKind(bytes[at + 1] ?? 0) ? FRAME_BYTES : 0),
  isIntact: (bytes, start, end) => hasRightSum(bytes, start, end) && !hasReadingInside(bytes, start, end),
};

/** What a simulated sensor hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: [HEAD, SENSOR],
  headBytes: 2,
  maxBytes: FRAME_BYTES,
  lengthOf: () => FRAME_BYTES,
  isIntact: hasRightSum,
};

function isKind(byte: number): boolean {
  return byte === SENSOR || (byte >= LEAST_COMMAND && byte <= GREATEST_COMMAND);
}

/**
 * A frame that was cut off and the beginning of the next one: a sum of one byte fits now and then. No air has values that look
 * like a head.
 */
function hasReadingInside(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + 2; at < end - 1; at++)
    if (bytes[at] === HEAD && bytes[at + 1] === ORDERS.read) return true;
  return false;
}

/** What an answer to `read` holds, as it is on the line. */
export interface Raw {
  /** ppm. */
  readonly co2: number;
  /** Degrees Celsius and 40 more; not in the manuals, and 0 in sensors that do not tell it. */
  readonly temperature: number;
  /** Not in the manuals, and 0 in most sensors. */
  readonly status: number;
}

/** @param frame whole and intact. @returns undefined if it is no answer to `read` */
export function readRaw(frame: Buffer): Raw | undefined {
  if (frame[1] !== ORDERS.read) return undefined;
  return { co2: frame.readUInt16BE(2), temperature: frame[4] ?? 0, status: frame[5] ?? 0 };
}

/** The byte is 40 more, so that it needs no sign. Found by users: ESPHome and PyPMS have it so. */
export function celsius(temperature: number): number {
  return temperature - 40;
}

/** Whether this is a request: on a line with one wire the host hears itself. */
export function isEcho(frame: Buffer): boolean {
  return frame[1] === SENSOR;
}

/** @param value ppm of `span` and `range`; 1 or 0 for `abc` */
export function writeOrder(name: OrderName, value = 0): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([HEAD, SENSOR, ORDERS[name]]);
  if (name === "span") frame.writeUInt16BE(value, DATA_AT);
  // Editions of the manual that have it in the first two data bytes are wrong: revspace.nl/MH-Z19B, and sensors.
  if (name === "range") frame.writeUInt16BE(value, DATA_AT + 3);
  if (name === "abc") frame[DATA_AT] = value === 1 ? ABC_ON : 0;
  return withSum(frame);
}

export function writeRaw({ co2, temperature, status }: Raw): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([HEAD, ORDERS.read]);
  frame.writeUInt16BE(co2, 2);
  frame[4] = temperature;
  frame[5] = status;
  return withSum(frame);
}

/** What some firmwares answer to an order: that it was taken. */
export function writeTaken(command: number): Buffer {
  return withSum(Buffer.from([HEAD, command, 1, 0, 0, 0, 0, 0, 0]));
}

function withSum(frame: Buffer): Buffer {
  frame[FRAME_BYTES - 1] = -sum16(frame, 1, FRAME_BYTES - 1) & 0xff;
  return frame;
}

function hasRightSum(bytes: Buffer, start: number, end: number): boolean {
  return (sum16(bytes, start + 1, end) & 0xff) === 0;
}
