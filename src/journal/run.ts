import { HEADLESS, WHOLE, type PackedRun } from "./packed-run.ts";
import { ReadingHead } from "./reading-head.ts";

/** Readings of one stream and epoch, by rising seq, with their bodies as they came. */
export interface Run {
  readonly epoch: number;
  readonly count: number;
  readonly seqs: Float64Array;
  readonly timesUs: Float64Array;
  /** Where each body ends in `bytes`; it begins where the one before it ends. */
  readonly ends: Uint32Array;
  readonly bytes: Buffer;
}

export function unpackRun(packed: PackedRun): Run {
  const { epoch, seqs, timesUs, form } = packed;
  const bodies = form === WHOLE ? whole(packed) : headed(packed);
  return { epoch, count: seqs.length, seqs, timesUs, ...bodies };
}

type Bodies = Pick<Run, "ends" | "bytes">;

function whole({ lengths, stored }: PackedRun): Bodies {
  let end = 0;
  return { ends: Uint32Array.from(lengths, (length) => (end += length)), bytes: stored };
}

function headed(packed: PackedRun): Bodies {
  const { epoch, seqs, timesUs, lengths, stored } = packed;
  const head = new ReadingHead(epoch);
  // Of its own, not of the shared pool: slices of it are handed out.
  const bytes = Buffer.allocUnsafeSlow(bodyBytesOf(packed));
  const ends = new Uint32Array(lengths.length);
  let at = 0;
  let from = 0;
  for (let i = 0; i < lengths.length; i++) {
    const tail = head.write(bytes, at, seqs[i] as number, timesUs[i] as number);
    const to = from + (lengths[i] as number);
    stored.copy(bytes, tail, from, to);
    at = tail + (to - from);
    from = to;
    ends[i] = at;
  }
  return { ends, bytes };
}

/** Bytes of the bodies as they came. */
export function bodyBytesOf({ form, epoch, seqs, timesUs, stored }: PackedRun): number {
  if (form === WHOLE) return stored.length;
  const head = new ReadingHead(epoch);
  return seqs.reduce((sum, seq, i) => sum + head.lengthOf(seq, timesUs[i] as number), stored.length);
}

/**
 * Puts runs together to larger ones.
 * @param runs of one stream, in order
 * @param maxBytes of bodies, as stored, in one; a run that is larger stays as it is
 */
export function mergeRuns(runs: readonly PackedRun[], maxBytes: number, maxReadings: number): PackedRun[] {
  const groups: PackedRun[][] = [];
  let bytes = 0;
  let readings = 0;
  for (const run of runs) {
    bytes += run.stored.length;
    readings += run.seqs.length;
    const fits = bytes <= maxBytes && readings <= maxReadings && groups.at(-1)?.[0]?.epoch === run.epoch;
    if (fits) groups.at(-1)?.push(run);
    else {
      groups.push([run]);
      ({ length: bytes } = run.stored);
      ({ length: readings } = run.seqs);
    }
  }
  return groups.map(merge);
}

function merge(runs: readonly PackedRun[]): PackedRun {
  const [first] = runs as readonly [PackedRun, ...PackedRun[]];
  if (runs.length === 1) return first;
  const alike = runs.every(({ form }) => form === first.form) ? runs : runs.map(wholeOf);
  return {
    form: alike === runs ? first.form : WHOLE,
    epoch: first.epoch,
    seqs: joined(alike.map(({ seqs }) => seqs)),
    timesUs: joined(alike.map(({ timesUs }) => timesUs)),
    lengths: joined(alike.map(({ lengths }) => lengths)),
    stored: Buffer.concat(alike.map(({ stored }) => stored)),
  };
}

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

function wholeOf(packed: PackedRun): PackedRun {
  if (packed.form !== HEADLESS) return packed;
  const { ends, bytes } = unpackRun(packed);
  const lengths = Float64Array.from(ends, (end, i) => end - (i === 0 ? 0 : (ends[i - 1] as number)));
  return { ...packed, form: WHOLE, lengths, stored: bytes };
}

/** Newest seq of a run. */
export function lastSeqOf({ seqs }: Pick<Run, "seqs">): number {
  return seqs[seqs.length - 1] as number;
}

/** Body number `index`: a slice, not a copy; it must not be written to. */
export function bodyOf(run: Run, index: number): Buffer {
  return run.bytes.subarray(index === 0 ? 0 : (run.ends[index - 1] as number), run.ends[index]);
}
