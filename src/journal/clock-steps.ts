/** The two clocks that a journal goes by. */
export interface Clocks {
  /** Wall clock, µs since 1970. */
  readonly now: () => number;
  /** A clock that nobody sets, ms. */
  readonly monotonicMs: () => number;
}

/** A clock that is set by less than this is not worth rewriting ages for, µs. */
const LEAST_STEP_US = 60_000_000;

/** Tells when the wall clock was set while the process ran: it went on by another time than the clock that nobody sets. */
export class ClockSteps {
  readonly #clocks: Clocks;
  #offsetUs: number;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#offsetUs = this.#offset();
  }

  /** By how much it was set since the last call, µs; 0 if it was not. */
  take(): number {
    const offset = this.#offset();
    const step = offset - this.#offsetUs;
    if (Math.abs(step) < LEAST_STEP_US) return 0;
    this.#offsetUs = offset;
    return step;
  }

  #offset(): number {
    return this.#clocks.now() - this.#clocks.monotonicMs() * 1_000;
  }
}
