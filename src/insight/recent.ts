import { monotonicMs } from "../base/index.ts";

/** What many may ask for, made at most once in an interval: whoever asks more often gets what was made last. */
export class Recent<T> {
  readonly #make: () => Promise<T>;
  readonly #intervalMs: number;
  readonly #nowMs: () => number;
  #made: Promise<T> | undefined;
  #madeMs = -Infinity;

  constructor(make: () => Promise<T>, intervalMs: number, nowMs = monotonicMs) {
    this.#make = make;
    this.#intervalMs = intervalMs;
    this.#nowMs = nowMs;
  }

  get(): Promise<T> {
    const nowMs = this.#nowMs();
    if (!this.#made || nowMs - this.#madeMs >= this.#intervalMs) {
      this.#made = this.#make();
      this.#madeMs = nowMs;
    }
    return this.#made;
  }
}
