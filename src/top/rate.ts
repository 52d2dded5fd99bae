/** Over how many seconds a rate is taken. */
const SECONDS = 10;

/** How often something happens: events a second over the last ten seconds, or since the first look if that is shorter. */
export class Rate {
  readonly #counts = new Float64Array(SECONDS + 1);
  readonly #startMs: number;
  /** The second that is being counted. */
  #second: number;

  /** @param nowMs of a clock that never steps, as in all its methods */
  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#second = Math.floor(nowMs / 1_000);
  }

  add(nowMs: number, count = 1): void {
    this.#turn(nowMs);
    this.#counts[this.#second % this.#counts.length] =
      (this.#counts[this.#second % this.#counts.length] ?? 0) + count;
  }

  perSecond(nowMs: number): number {
    this.#turn(nowMs);
    const sum = this.#counts.reduce((total, count) => total + count, 0);
    // The counts reach back to the beginning of the second that is ten before this one.
    const heldMs = SECONDS * 1_000 + (nowMs % 1_000);
    return sum / Math.max(1, Math.min(heldMs, nowMs - this.#startMs) / 1_000);
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const passed = Math.min(second - this.#second, this.#counts.length);
    for (let at = 1; at <= passed; at++) this.#counts[(second - passed + at) % this.#counts.length] = 0;
    if (passed > 0) this.#second = second;
  }
}
