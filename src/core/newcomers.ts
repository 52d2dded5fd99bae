import { monotonicMs } from "../base/index.ts";

/** Last values and births go out at most this often, ms: a thousand subscribers that return together get one answer, not a thousand. */
const INTERVAL_MS = 50;
/** With more new prefixes than this in one interval everything is repeated once instead. */
const MAX_PREFIXES = 256;

/** Gathers new subscriptions and has what they missed said again: at once for a single one, together for many. */
export class Newcomers {
  readonly #repeat: (prefixes: readonly string[]) => void;
  readonly #prefixes = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastMs = -Infinity;

  constructor(repeat: (prefixes: readonly string[]) => void) {
    this.#repeat = repeat;
  }

  add(prefix: string): void {
    this.#prefixes.add(this.#prefixes.size < MAX_PREFIXES ? prefix : "");
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#lastMs + INTERVAL_MS - monotonicMs()));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#lastMs = monotonicMs();
    const prefixes = [...this.#prefixes];
    this.#prefixes.clear();
    this.#repeat(prefixes);
  }
}
