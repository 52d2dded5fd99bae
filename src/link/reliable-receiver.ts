import { after, distance } from "./sequence.ts";

/** What a reliable frame gave. */
export interface Received<T> {
  /** Those that are taken now, in order. */
  readonly contents: readonly T[];
  /** The sender is to be told at once: something is missing, or came again. */
  readonly isOdd: boolean;
}

/** The furthest that a sender may be ahead. */
const WINDOW = 8;

/** One direction's reliable frames at their receiver: each is taken once, and in order. firmware-bridge/SPEC.md, "Reliable frames". */
export class ReliableReceiver<T> {
  readonly #early = new Map<number, T>();
  #expected: number;

  constructor(first: number) {
    this.#expected = first;
  }

  /** The `ack` of every frame that is sent. */
  get expected(): number {
    return this.#expected;
  }

  /** Which came after a gap: bit i is number `expected` + 1 + i. */
  get bits(): number {
    let bits = 0;
    for (const seq of this.#early.keys()) bits |= 1 << (distance(this.#expected, seq) - 1);
    return bits;
  }

  take(seq: number, content: T): Received<T> {
    const ahead = distance(this.#expected, seq);
    if (ahead > 0) {
      if (ahead < WINDOW) this.#early.set(seq, content);
      return { contents: [], isOdd: true };
    }
    const contents = [content];
    this.#expected = after(this.#expected);
    for (;;) {
      const next = this.#early.get(this.#expected);
      if (next === undefined) return { contents, isOdd: this.#early.size > 0 };
      this.#early.delete(this.#expected);
      contents.push(next);
      this.#expected = after(this.#expected);
    }
  }
}
