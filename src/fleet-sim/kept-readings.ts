import {
  BEFORE_ALL,
  encodeReplay,
  isCursor,
  MAX_REPLAY_READINGS,
  type LostRange,
  type Query,
} from "../message/index.ts";

/** The newest readings of one stream of one epoch, in memory: what stands for a journal. */
export class KeptReadings {
  readonly #epoch: number;
  readonly #most: number;
  #bodies: Buffer[] = [];
  /** Seq of the first that is kept. */
  #first = 1;

  constructor(epoch: number, most: number) {
    this.#epoch = epoch;
    this.#most = most;
  }

  add(body: Buffer): void {
    this.#bodies.push(body);
    // Not one by one: to take the first out of an array moves all the others.
    if (this.#bodies.length < 2 * this.#most) return;
    this.#first += this.#bodies.length - this.#most;
    this.#bodies = this.#bodies.slice(-this.#most);
  }

  /** The reply to the query `replay`. */
  replay(query: Query): Buffer {
    const { epoch, seq, limit } = query;
    const from = isCursor({ epoch, seq }) ? { epoch: Number(epoch), seq: Number(seq) } : BEFORE_ALL;
    const after = from.epoch === this.#epoch ? from.seq : 0;
    const start = Math.max(0, after + 1 - this.#first);
    const most = typeof limit === "number" ? Math.min(limit, MAX_REPLAY_READINGS) : MAX_REPLAY_READINGS;
    const bodies = this.#bodies.slice(start, start + most);
    const lost: LostRange[] =
      after + 1 < this.#first ? [{ epoch: this.#epoch, from: after + 1, to: this.#first - 1 }] : [];
    const next = { epoch: this.#epoch, seq: Math.max(after, this.#first - 1) + bodies.length };
    return encodeReplay({ bodies, lost, next, more: start + bodies.length < this.#bodies.length });
  }
}
