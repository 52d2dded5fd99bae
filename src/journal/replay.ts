import { isAfter, type Cursor, type LostRange } from "../message/index.ts";
import { bodyOf, lastSeqOf, type Run } from "./run.ts";

/** One reading as it came, not decoded. */
export interface JournaledReading {
  readonly epoch: number;
  readonly seq: number;
  /** A slice of a larger buffer; not to be written to. */
  readonly body: Buffer;
}

/** Bounds of one answer. One reading is given even if it alone exceeds `bytes`. */
export interface ReplayLimit {
  readonly readings: number;
  /** Bytes of bodies. */
  readonly bytes: number;
}

/** Every seq from the cursor that was asked from up to `next` is in `readings` or in `lost`. */
export interface Replay {
  readonly readings: readonly JournaledReading[];
  readonly lost: readonly LostRange[];
  /** Where to go on from. */
  readonly next: Cursor;
  /** Whether there is more that is durable. */
  readonly more: boolean;
}

/** A stream that lost every other reading is told of in several answers. */
const MAX_LOST = 1_000;

/**
 * Puts one answer together.
 * @param runs in order, from the one that the cursor is in; what in them is not after the cursor is left out
 * @param known newest seq of each epoch that ever was durable, by rising epoch
 */
export function collect(
  after: Cursor,
  runs: Iterable<Run>,
  known: readonly Cursor[],
  limit: ReplayLimit,
): Replay {
  const answer = new Answer(after, known, limit);
  for (const run of runs) if (!answer.take(run)) return answer.finish(true);
  return answer.finish(!answer.passToEnd());
}

class Answer {
  readonly #known: readonly Cursor[];
  readonly #limit: ReplayLimit;
  readonly #readings: JournaledReading[] = [];
  readonly #lost: LostRange[] = [];
  #epoch: number;
  #seq: number;
  #bytes = 0;

  constructor({ epoch, seq }: Cursor, known: readonly Cursor[], limit: ReplayLimit) {
    this.#epoch = epoch;
    this.#seq = seq;
    this.#known = known;
    this.#limit = limit;
  }

  get #at(): Cursor {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** @returns false if there was no room for all of it */
  take(run: Run): boolean {
    if (!isAfter({ epoch: run.epoch, seq: lastSeqOf(run) }, this.#at)) return true;
    if (run.epoch !== this.#epoch && !this.#passToEpoch(run.epoch)) return false;
    for (let i = firstAfter(run.seqs, this.#seq); i < run.count; i++)
      if (!this.#add(run.epoch, run.seqs[i] as number, bodyOf(run, i))) return false;
    return true;
  }

  /** What is known to have been after the last reading is lost. @returns false if there was no room for all of it */
  passToEnd(): boolean {
    const newest = this.#known.at(-1);
    if (!newest || !isAfter(newest, this.#at)) return true;
    if (newest.epoch !== this.#epoch && !this.#passToEpoch(newest.epoch)) return false;
    return this.#pass(newest.seq);
  }

  finish(more: boolean): Replay {
    return { readings: this.#readings, lost: this.#lost, next: this.#at, more };
  }

  #add(epoch: number, seq: number, body: Buffer): boolean {
    const { readings, bytes } = this.#limit;
    const full = this.#bytes + body.length > bytes && this.#readings.length > 0;
    if (full || this.#readings.length >= readings || !this.#pass(seq - 1)) return false;
    this.#readings.push({ epoch, seq, body });
    this.#bytes += body.length;
    this.#seq = seq;
    return true;
  }

  /** To the beginning of an epoch; the rest of the one before, and all of those between, are lost as far as they are known. */
  #passToEpoch(epoch: number): boolean {
    const oldest = this.#known[0]?.epoch ?? epoch;
    if (this.#epoch > 0 && this.#epoch < oldest) {
      if (this.#lost.length >= MAX_LOST) return false;
      this.#lost.push({ epoch: this.#epoch, from: this.#seq + 1 });
      this.#enter(oldest);
    }
    for (const last of this.#known) {
      if (last.epoch < this.#epoch || last.epoch >= epoch) continue;
      if (last.epoch > this.#epoch) this.#enter(last.epoch);
      if (!this.#pass(last.seq)) return false;
    }
    this.#enter(epoch);
    return true;
  }

  #enter(epoch: number): void {
    if (epoch > this.#epoch) this.#seq = 0;
    this.#epoch = epoch;
  }

  #pass(to: number): boolean {
    if (to <= this.#seq) return true;
    if (this.#lost.length >= MAX_LOST) return false;
    this.#lost.push({ epoch: this.#epoch, from: this.#seq + 1, to });
    this.#seq = to;
    return true;
  }
}

/** @returns index of the first that is greater than `seq`; they rise */
function firstAfter(seqs: Float64Array, seq: number): number {
  let low = 0;
  let high = seqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seqs[middle] as number) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
