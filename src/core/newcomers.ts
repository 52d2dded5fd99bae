import { monotonicMs } from "../base/index.ts";

/** Last values and births go out at most this often, ms: a thousand subscribers that return together get one answer, not a thousand. */
const INTERVAL_MS = 50;
/** With more new prefixes than this in one interval everything is repeated once instead. */
const MAX_PREFIXES = 256;
/** A fleet's births are megabytes: after so long, ms, everything else has its turn. */
const SLICE_MS = 5;

/** Gathers new subscriptions and has what they missed said again: at once for a single one, together for many. */
export class Newcomers {
  readonly #repeat: (prefixes: readonly string[]) => Iterable<void>;
  readonly #prefixes = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** What is still to be said of the last gathering. */
  #rest: Iterator<void> | undefined;
  #lastMs = -Infinity;

  /** @param repeat says one thing with each step, as it is then */
  constructor(repeat: (prefixes: readonly string[]) => Iterable<void>) {
    this.#repeat = repeat;
  }

  add(prefix: string): void {
    this.#prefixes.add(this.#prefixes.size < MAX_PREFIXES ? prefix : "");
    if (!this.#rest) this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#prefixes.clear();
    this.#rest = undefined;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#lastMs + INTERVAL_MS - monotonicMs()));
  }

  #flush(): void {
    this.#timer = undefined;
    this.#lastMs = monotonicMs();
    this.#rest = this.#repeat([...this.#prefixes])[Symbol.iterator]();
    this.#prefixes.clear();
    this.#slice();
  }

  #slice(): void {
    const endMs = monotonicMs() + SLICE_MS;
    while (this.#rest) {
      if (this.#rest.next().done) this.#rest = undefined;
      else if (monotonicMs() >= endMs) return void setImmediate(() => this.#slice());
    }
    if (this.#prefixes.size > 0) this.#schedule();
  }
}
