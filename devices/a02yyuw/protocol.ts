import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of ultrasonic sensors of DYP's make (DFRobot wiki SEN0311, SEN0312, SEN0313, "UART output form"):
 *
 *   FF | distance u16 | sum      mm, big endian; the sum is the low byte of that of the three before it
 */
const HEAD = 0xff;
const FRAME_BYTES = 4;

/** No sensor of the family reaches further, mm. */
const MAX_DISTANCE = 10_000;

/** Nothing within reach, or something too near. Not in the wiki: what sensors send. */
const NONE = 0;

/** 0xFF occurs as the low byte and as the sum; a distance that cannot be begins no frame. */
export const FRAMES: FrameFormat = {
  sync: [HEAD],
  headBytes: 3,
  maxBytes: FRAME_BYTES,
  lengthOf: (bytes, at) => (bytes.readUInt16BE(at + 1) <= MAX_DISTANCE ? FRAME_BYTES : 0),
  isIntact: (bytes, start, end) => bytes[end - 1] === sumOf(bytes, start, end),
};

/** @param frame whole and intact. @returns mm, or null for no distance */
export function readDistance(frame: Buffer): number | null {
  const word = frame.readUInt16BE(1);
  return word === NONE ? null : word;
}

/** @param distance mm, or null for no distance */
export function writeDistance(distance: number | null): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame[0] = HEAD;
  frame.writeUInt16BE(distance ?? NONE, 1);
  frame[FRAME_BYTES - 1] = sumOf(frame, 0, FRAME_BYTES);
  return frame;
}

function sumOf(bytes: Buffer, start: number, end: number): number {
  return sum16(bytes, start, end - 1) & 0xff;
}
