import { sum16, type FrameFormat } from "../../src/codec/index.ts";

export type Model = "sds011" | "sds198";

/**
 * Frames of Nova's dust sensors (Laser Dust Sensor Control Protocol V1.3, sections 1 to 3; SDS198 data sheet):
 *
 *   sensor → host   AA | kind | d1 … d4 | id1 id2 | sum | AB                    10 bytes
 *   host → sensor   AA | B4 | order | d2 … d13 | id1 id2 | sum | AB             19 bytes
 *
 * The sum is the low byte of that of everything from the third byte to the id; numbers are little endian.
 */
const HEAD = 0xaa;
const TAIL = 0xab;
const ORDER_KIND = 0xb4;
const FRAME_BYTES = 10;
const ORDER_BYTES = 19;
const ID_BYTES = 2;
/** Sum and tail. */
const END_BYTES = 2;

/** What a frame of the sensor is. */
const KINDS = { data: 0xc0, coarse: 0xcf, answer: 0xc5 } as const;

/** The id that every sensor listens to. Section 2. */
export const ANY_SENSOR = "FFFF";

/** The first data byte of an order, by section 3. */
export const ORDERS = { reporting: 2, query: 4, id: 5, power: 6, firmware: 7, period: 8 } as const;
export type OrderName = keyof typeof ORDERS;

/** The second data byte of an order that sets something; 0 asks what it is set to. */
export const SET = 1;

/** 0xAA occurs in data: no other second byte begins a frame. */
export const SENSOR_FRAMES: FrameFormat = {
  sync: [HEAD],
  headBytes: 2,
  maxBytes: FRAME_BYTES,
  lengthOf: (bytes, at) => (isKind(bytes[at + 1]) ? FRAME_BYTES : 0),
  isIntact,
};

/** What a simulated sensor hears. */
export const ORDER_FRAMES: FrameFormat = {
  sync: [HEAD, ORDER_KIND],
  headBytes: 2,
  maxBytes: ORDER_BYTES,
  lengthOf: () => ORDER_BYTES,
  isIntact,
};

export type SensorFrame =
  | { readonly kind: "data"; readonly pm2_5: number; readonly pm10: number; readonly id: string }
  | { readonly kind: "coarse"; readonly pm100: number; readonly id: string }
  /** `bytes`: order, question or setting, and three bytes of what it is about. */
  | { readonly kind: "answer"; readonly bytes: readonly number[]; readonly id: string };

/** @param frame whole and intact */
export function readFrame(frame: Buffer): SensorFrame {
  const id = idOf(frame);
  if (frame[1] === KINDS.answer) return { kind: "answer", bytes: [...frame.subarray(2, 6)], id };
  // Whole ug/m3, in the third and fourth data bytes. SDS198 data sheet, "communication protocol".
  if (frame[1] === KINDS.coarse) return { kind: "coarse", pm100: frame.readUInt16LE(4), id };
  return { kind: "data", pm2_5: frame.readUInt16LE(2) / 10, pm10: frame.readUInt16LE(4) / 10, id };
}

/** @param id four hex digits. Data bytes that are not given are 0 */
export function writeOrder(name: OrderName, id: string, data: readonly number[] = []): Buffer {
  const frame = Buffer.alloc(ORDER_BYTES);
  frame.set([HEAD, ORDER_KIND, ORDERS[name], ...data]);
  return end(frame, id);
}

/** Gives the sensor another id: its new one is in the last two data bytes. Section 3, 3). */
export function writeNewId(newId: string, id: string): Buffer {
  return writeOrder("id", id, [...Array.from({ length: 10 }, () => 0), ...Buffer.from(newId, "hex")]);
}

/** @param tenths of ug/m3 */
export function writeData(tenths: { readonly pm2_5: number; readonly pm10: number }, id: string): Buffer {
  const frame = Buffer.from([HEAD, KINDS.data, ...Array.from({ length: 8 }, () => 0)]);
  frame.writeUInt16LE(tenths.pm2_5, 2);
  frame.writeUInt16LE(tenths.pm10, 4);
  return end(frame, id);
}

export function writeCoarse(pm100: number, id: string): Buffer {
  const frame = Buffer.from([HEAD, KINDS.coarse, ...Array.from({ length: 8 }, () => 0)]);
  frame.writeUInt16LE(pm100, 4);
  return end(frame, id);
}

export function writeAnswer(data: readonly number[], id: string): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([HEAD, KINDS.answer, ...data]);
  return end(frame, id);
}

/** The id in a frame or an order: the two bytes before the sum. */
export function idOf(frame: Buffer): string {
  const end = frame.length - END_BYTES;
  return frame.toString("hex", end - ID_BYTES, end).toUpperCase();
}

function isKind(byte: number | undefined): boolean {
  return byte === KINDS.data || byte === KINDS.coarse || byte === KINDS.answer;
}

function isIntact(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === TAIL && bytes[end - 2] === sumOf(bytes, start, end);
}

function sumOf(bytes: Buffer, start: number, end: number): number {
  return sum16(bytes, start + 2, end - END_BYTES) & 0xff;
}

function end(frame: Buffer, id: string): Buffer {
  frame.write(id, frame.length - END_BYTES - ID_BYTES, "hex");
  frame[frame.length - 2] = sumOf(frame, 0, frame.length);
  frame[frame.length - 1] = TAIL;
  return frame;
}
