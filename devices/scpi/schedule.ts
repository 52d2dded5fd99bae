import { TICK_MS, type PolledQuery } from "./settings.ts";

/** Which query is next, by ticks. What comes too late does not come twice for it. */
export class Schedule {
  readonly #queries: readonly PolledQuery[];
  /** Ticks until each is due; all are at the beginning. */
  readonly #left: number[];

  constructor(queries: readonly PolledQuery[]) {
    this.#queries = queries;
    this.#left = queries.map(() => 0);
  }

  tick(): void {
    this.#left.forEach((left, i) => (this.#left[i] = left - 1));
  }

  /** @returns the one that has been due for longest, if any is */
  take(): PolledQuery | undefined {
    const least = Math.min(...this.#left);
    const index = this.#left.indexOf(least);
    const query = least <= 0 ? this.#queries[index] : undefined;
    if (!query) return undefined;
    const ticks = query.intervalMs / TICK_MS;
    this.#left[index] = least + ticks > 0 ? least + ticks : ticks;
    return query;
  }
}
