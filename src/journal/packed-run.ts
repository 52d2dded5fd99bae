import { decodeColumn, encodeColumn } from "./column.ts";
import { ReadingHead } from "./reading-head.ts";

/** One reading as it comes to the journal; the body is what subscribers get, byte for byte. */
export interface Entry {
  readonly epoch: number;
  readonly seq: number;
  /** The reading's own time, µs since 1970. */
  readonly timeUs: number;
  readonly body: Buffer;
}

/**
 * Whether bodies are stored whole, or without the head that {@link ReadingHead} writes again: the latter if every body
 * of a run begins with just that head.
 */
export type Form = typeof WHOLE | typeof HEADLESS;
export const WHOLE = 0;
export const HEADLESS = 1;

/** Readings of one stream and epoch, by rising seq, as columns: what is stored and compressed together. */
export interface PackedRun {
  readonly form: Form;
  readonly epoch: number;
  readonly seqs: Float64Array;
  readonly timesUs: Float64Array;
  /** Bytes of each body, as stored. */
  readonly lengths: Float64Array;
  /** The bodies, one after the other. */
  readonly stored: Buffer;
}

/** A run is cut here, so that what is decompressed at once stays small: bytes of bodies, and readings. */
export const MAX_RUN_BYTES = 256 * 1024;
export const MAX_RUN_READINGS = 16 * 1024;

/** The archive puts runs together up to this: large enough that the page a block begins and ends in does not matter. */
export const MAX_BLOCK_BYTES = 512 * 1024;

/** @param entries of one epoch, at least one, by rising seq */
export function packRun(entries: readonly Entry[]): PackedRun {
  const epoch = (entries[0] as Entry).epoch;
  const head = new ReadingHead(epoch);
  const headless = entries.every(({ seq, timeUs, body }) => head.begins(body, seq, timeUs));
  const bodies = headless
    ? entries.map(({ seq, timeUs, body }) => body.subarray(head.lengthOf(seq, timeUs)))
    : entries.map(({ body }) => body);
  return {
    form: headless ? HEADLESS : WHOLE,
    epoch,
    seqs: Float64Array.from(entries, ({ seq }) => seq),
    timesUs: Float64Array.from(entries, ({ timeUs }) => timeUs),
    lengths: Float64Array.from(bodies, ({ length }) => length),
    stored: Buffer.concat(bodies),
  };
}

/** form u8 │ epoch f64 │ first seq f64 │ first time f64 │ count u32 │ column of seq steps │ of time steps │ of lengths │ bodies */
const HEAD_BYTES = 29;

export function encodeRun({ form, epoch, seqs, timesUs, lengths, stored }: PackedRun): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head[0] = form;
  head.writeDoubleLE(epoch, 1);
  head.writeDoubleLE(seqs[0] as number, 9);
  head.writeDoubleLE(timesUs[0] as number, 17);
  head.writeUInt32LE(seqs.length, 25);
  return Buffer.concat([
    head,
    encodeColumn(steps(seqs)),
    encodeColumn(steps(timesUs)),
    encodeColumn(lengths),
    stored,
  ]);
}

/**
 * @param bytes nothing else than the run
 * @throws RangeError if it does not hold together
 */
export function decodeRun(bytes: Buffer): PackedRun {
  const form = bytes.readUInt8(0);
  const count = bytes.readUInt32LE(25);
  if ((form !== WHOLE && form !== HEADLESS) || count === 0 || count > MAX_RUN_READINGS)
    throw new RangeError("not a run");
  const seqSteps = decodeColumn(bytes, HEAD_BYTES, count - 1);
  const timeSteps = decodeColumn(bytes, seqSteps.end, count - 1);
  const { values: lengths, end } = decodeColumn(bytes, timeSteps.end, count);
  const stored = bytes.subarray(end);
  const isNegative = lengths.some((length) => length < 0);
  if (isNegative || lengths.reduce((sum, length) => sum + length, 0) !== stored.length)
    throw new RangeError("run ends early");
  const seqs = sums(bytes.readDoubleLE(9), seqSteps.values);
  const timesUs = sums(bytes.readDoubleLE(17), timeSteps.values);
  return { form, epoch: bytes.readDoubleLE(1), seqs, timesUs, lengths, stored };
}

function steps(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, i) => value - (values[i] as number));
}

function sums(first: number, increments: Float64Array): Float64Array {
  const values = new Float64Array(increments.length + 1);
  let sum = first;
  values[0] = sum;
  for (let i = 0; i < increments.length; i++) values[i + 1] = sum += increments[i] as number;
  return values;
}
