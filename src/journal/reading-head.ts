import { readingPrefix, text } from "../message/index.ts";

const TIME_KEY = text("time");

/** Most bytes of a head: map, "epoch", "seq" and "time" with an integer of nine bytes each. */
const MAX_HEAD_BYTES = 1 + 6 + 9 + 4 + 9 + 5 + 9;

/**
 * The bytes that a body of a reading begins with, up to the value of time: they follow from (epoch, seq, time), so the
 * journal leaves them out and writes them anew when it reads. That halves what a reading takes on the disk, because the
 * numbers that change from one reading to the next are what a compressor cannot foresee.
 */
export class ReadingHead {
  readonly #prefix: Buffer;
  readonly #scratch = Buffer.alloc(MAX_HEAD_BYTES);

  constructor(epoch: number) {
    this.#prefix = readingPrefix(epoch);
  }

  lengthOf(seq: number, timeUs: number): number {
    return this.#prefix.length + uintBytes(seq) + TIME_KEY.length + uintBytes(timeUs);
  }

  /** @returns whether the body begins with these very bytes; one by another encoder may not */
  begins(body: Buffer, seq: number, timeUs: number): boolean {
    const end = this.write(this.#scratch, 0, seq, timeUs);
    return body.length >= end && this.#scratch.compare(body, 0, end, 0, end) === 0;
  }

  /** @returns where the head ends */
  write(target: Buffer, at: number, seq: number, timeUs: number): number {
    target.set(this.#prefix, at);
    const key = writeUint(target, at + this.#prefix.length, seq);
    target.set(TIME_KEY, key);
    return writeUint(target, key + TIME_KEY.length, timeUs);
  }
}

/** RFC 8949 §3: the shortest form, as every encoder of ours writes it. */
function uintBytes(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x1_0000) return 3;
  return value < 0x1_0000_0000 ? 5 : 9;
}

function writeUint(target: Buffer, at: number, value: number): number {
  const size = uintBytes(value);
  if (size === 1) return target.writeUInt8(value, at);
  target[at] = { 2: 24, 3: 25, 5: 26, 9: 27 }[size] as number;
  if (size === 2) return target.writeUInt8(value, at + 1);
  if (size === 3) return target.writeUInt16BE(value, at + 1);
  if (size === 5) return target.writeUInt32BE(value, at + 1);
  target.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at + 1);
  return target.writeUInt32BE(value % 0x1_0000_0000, at + 5);
}
