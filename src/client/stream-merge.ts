import { isAfter, type Cursor, type LostRange, type ReplayAnswer } from "../message/index.ts";
import { LiveBuffer } from "./live-buffer.ts";

/** Where a stream is read from: after a cursor; from the first live reading on; or from where the first answer begins (a replay by time). */
export type StreamStart = Cursor | "now" | "asked";

export interface MergeOptions<L> {
  readonly start: StreamStart;
  /** Live readings kept that cannot be delivered yet; the oldest go first, and replay brings them. Default 10 000. */
  readonly capacity?: number;
  /** Makes of a lost range what is delivered in its place. */
  readonly lostOf: (range: LostRange) => L;
}

/** What a merge needs of a replay's answer. */
export type MergeAnswer<R extends Cursor> = Omit<ReplayAnswer, "readings"> & {
  readonly readings: readonly R[];
};

const DEFAULT_CAPACITY = 10_000;

/** Ends of epochs remembered. They are many only while nothing is taken and the agent starts again and again. */
const MAX_EPOCHS = 256;

/**
 * Makes one stream of what comes live and what replay brings: every reading once, in order of (epoch, seq), and what is
 * gone for good as lost ranges. Pure: it says when it needs a replay, and whoever has it asks.
 *
 * An epoch is closed when a replay that was asked after a later epoch was heard of has no more of it: only then is it
 * certain that what is missing of it never will be durable. What came live and never became durable counts as received.
 */
export class StreamMerge<R extends Cursor, L> {
  readonly #buffer: LiveBuffer<R>;
  readonly #lostOf: (range: LostRange) => L;
  /** Undefined while it is not known where the stream begins for us. */
  #at: { epoch: number; seq: number } | undefined;
  readonly #asked: boolean;
  /** The newest reading when we came, if the start is "now". */
  #base: Cursor | undefined;
  /** Newest seq heard of, of epochs not behind us; Infinity if there were more, nobody knows how many. */
  readonly #known = new Map<number, number>();
  #newest: Cursor = { epoch: 0, seq: 0 };
  #firstEpoch = Infinity;
  #durable: Cursor | undefined;
  #askedEpoch = 0;
  /** All that is durable of the epochs before this one has been taken. */
  #confirmedEpoch = 0;
  #journal = true;
  #duplicates = 0;

  constructor({ start, capacity = DEFAULT_CAPACITY, lostOf }: MergeOptions<L>) {
    this.#buffer = new LiveBuffer(capacity);
    this.#lostOf = lostOf;
    this.#asked = start === "asked";
    if (typeof start === "object") this.#at = { ...start };
  }

  /** Everything up to here was delivered, as readings or as lost. */
  get position(): Cursor | undefined {
    return this.#at && { ...this.#at };
  }

  /** Where a stream that is read from now on begins: what is not after it was there before us. */
  get origin(): Cursor | undefined {
    return this.#base;
  }

  /** Readings that came again. */
  get duplicates(): number {
    return this.#duplicates;
  }

  get buffered(): number {
    return this.#buffer.size;
  }

  set capacity(capacity: number) {
    this.#buffer.capacity = capacity;
  }

  /** There is a gap, and a replay from the position may close it now. */
  get needsReplay(): boolean {
    if (!this.#journal) return false;
    if (!this.#at) return this.#asked;
    if (this.#buffer.size === 0 && !isAfter(this.#newest, this.#at)) return false;
    if (!this.#durable || isAfter(this.#durable, this.#at)) return true;
    return this.#newest.epoch > Math.max(this.#at.epoch, this.#confirmedEpoch);
  }

  /** A live reading. @returns what can be delivered now */
  offer(reading: R): (R | L)[] {
    const at = this.#at;
    const follows = at?.epoch === reading.epoch && at.seq + 1 === reading.seq && this.#buffer.size === 0;
    if (!follows) return this.keep(reading) ? this.release() : [];
    at.seq = reading.seq;
    return [reading];
  }

  /** A live reading that nobody can take now. @returns whether it is new */
  keep(reading: R): boolean {
    if (!this.#at && !(this.#asked && this.#journal)) this.#begin(before(reading));
    const isNew = (!this.#at || isAfter(reading, this.#at)) && this.#buffer.insert(reading);
    if (isNew) this.newest(reading);
    else this.#duplicates++;
    return isNew;
  }

  /** @returns what was kept and can be delivered now */
  release(): (R | L)[] {
    const out: (R | L)[] = [];
    this.#release(out);
    return out;
  }

  /** The agent says that the stream has a reading up to here; seq 0 says that there is this epoch. */
  newest(cursor: Cursor): void {
    this.#firstEpoch = Math.min(this.#firstEpoch, cursor.epoch);
    if (isAfter(cursor, this.#newest)) this.#newest = cursor;
    if (!this.#at && !this.#asked) {
      if (this.#base && isAfter(cursor, this.#base)) this.#begin(this.#base);
      this.#base ??= cursor;
    }
    this.#note(cursor.epoch, cursor.seq);
  }

  /** The agent says that everything up to here which will ever be durable is so. */
  durable(cursor: Cursor): void {
    this.newest(cursor);
    if (!this.#durable || isAfter(cursor, this.#durable)) this.#durable = cursor;
  }

  get hasJournal(): boolean {
    return this.#journal;
  }

  /** Nothing can be replayed: gaps are lost at once. */
  withoutJournal(): void {
    this.#journal = false;
  }

  withJournal(): void {
    this.#journal = true;
  }

  /** A replay is asked for now. @returns the cursor to ask from; undefined: from the beginning that only the asker knows */
  ask(): Cursor | undefined {
    this.#askedEpoch = this.#newest.epoch;
    return this.position;
  }

  /** The answer to what was asked last. @returns what can be delivered now */
  take({ readings, lost, next, more }: MergeAnswer<R>): (R | L)[] {
    const out: (R | L)[] = [];
    const at = (this.#at ??= startOf(readings[0], lost[0], next));
    this.#base ??= { ...at };
    for (const { epoch, to = Infinity } of lost) this.#note(epoch, to);
    for (const reading of readings) {
      if (reading.epoch !== at.epoch || reading.seq !== at.seq + 1) {
        if (!isAfter(reading, at)) {
          this.#duplicates++;
          continue;
        }
        this.#advance(at, before(reading), out);
      }
      at.seq = reading.seq;
      out.push(reading);
    }
    if (isAfter(next, at)) this.#advance(at, next, out);
    if (!more) this.#confirm(at, out);
    this.#release(out);
    return out;
  }

  /** All that is durable has come, also of the epochs that had ended when we asked. */
  #confirm(at: { epoch: number; seq: number }, out: (R | L)[]): void {
    this.#durable ??= { ...at };
    this.#confirmedEpoch = Math.max(this.#confirmedEpoch, this.#askedEpoch);
    if (this.#askedEpoch > at.epoch) this.#advance(at, { epoch: this.#askedEpoch, seq: 0 }, out);
  }

  /** The last value that every subscriber gets may be older than what else is known of the stream by now. */
  #begin(at: Cursor): void {
    this.#at = this.#base && isAfter(at, this.#base) ? { ...this.#base } : { ...at };
    this.#base ??= at;
  }

  #note(epoch: number, seq: number): void {
    if (this.#at && !isAfter({ epoch, seq }, this.#at)) return;
    this.#known.set(epoch, Math.max(seq, this.#known.get(epoch) ?? 0));
    if (this.#known.size > MAX_EPOCHS) this.#known.delete(Math.min(...this.#known.keys()));
  }

  #release(out: (R | L)[]): void {
    const at = this.#at;
    if (!at) return;
    if (!this.#journal && isAfter(this.#newest, at)) this.#advance(at, this.#newest, out);
    for (let first = this.#firstAfter(at); first; first = this.#firstAfter(at)) {
      if (first.epoch !== at.epoch || first.seq !== at.seq + 1) break;
      this.#buffer.shift();
      at.seq = first.seq;
      out.push(first);
    }
  }

  /** Goes on to a place up to which nothing more will come: what is kept is delivered, the rest is lost. */
  #advance(at: { epoch: number; seq: number }, to: Cursor, out: (R | L)[]): void {
    while (at.epoch < to.epoch) {
      this.#fill(at, this.#endOf(at), out);
      this.#known.delete(at.epoch);
      at.epoch = this.#epochAfter(at, to.epoch);
      at.seq = 0;
    }
    this.#fill(at, to.seq, out);
  }

  #fill(at: { epoch: number; seq: number }, end: number, out: (R | L)[]): void {
    for (let first = this.#firstAfter(at); first; first = this.#firstAfter(at)) {
      if (first.epoch !== at.epoch || first.seq > end) break;
      this.#lose(at, first.seq - 1, out);
      this.#buffer.shift();
      at.seq = first.seq;
      out.push(first);
    }
    this.#lose(at, end, out);
  }

  #lose(at: { epoch: number; seq: number }, to: number, out: (R | L)[]): void {
    if (to <= at.seq) return;
    const { epoch, seq } = at;
    out.push(this.#lostOf({ epoch, from: seq + 1, ...(to < Infinity && { to }) }));
    at.seq = to;
  }

  /** Where an epoch ended that is over. Without a journal nobody can say it of one that had ended before we came. */
  #endOf({ epoch, seq }: Cursor): number {
    const unheard = !this.#journal && epoch > 0 && epoch < this.#firstEpoch;
    return this.#known.get(epoch) ?? (unheard ? Infinity : seq);
  }

  #epochAfter({ epoch }: Cursor, to: number): number {
    let next = to;
    const first = this.#buffer.first?.epoch ?? to;
    for (const known of [first, ...this.#known.keys()]) if (known > epoch && known < next) next = known;
    return next;
  }

  /** The first one kept that is not behind us. */
  #firstAfter(at: Cursor): R | undefined {
    for (;;) {
      const { first } = this.#buffer;
      if (!first || isAfter(first, at)) return first;
      this.#buffer.shift();
      this.#duplicates++;
    }
  }
}

function before({ epoch, seq }: Cursor): Cursor {
  return { epoch, seq: seq - 1 };
}

function startOf(
  reading: Cursor | undefined,
  lost: LostRange | undefined,
  next: Cursor,
): { epoch: number; seq: number } {
  const loss = lost && { epoch: lost.epoch, seq: lost.from };
  const first = loss && !(reading && isAfter(loss, reading)) ? loss : reading;
  return { ...(first ? before(first) : next) };
}
