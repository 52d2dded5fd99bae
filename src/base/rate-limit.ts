import { monotonicMs } from "./clock.ts";

/** Lets one event (or a burst of them) through per interval and key, and counts what it held back: a broken sensor must not fill the log. */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #burst: number;
  readonly #entries = new Map<string, { since: number; passed: number; held: number }>();

  /** At most this many keys are remembered; the one longest unused is forgotten first. */
  static readonly MAX_KEYS = 1024;

  /** @param burst how many pass in one interval */
  constructor(intervalMs: number, now: () => number = monotonicMs, burst = 1) {
    this.#intervalMs = intervalMs;
    this.#now = now;
    this.#burst = burst;
  }

  /** @returns how many were held back since the last one let through, or undefined if this one is held back */
  admit(key: string): number | undefined {
    const now = this.#now();
    const entry = this.#entries.get(key);
    if (entry && now - entry.since < this.#intervalMs) {
      if (entry.passed++ < this.#burst) return 0;
      entry.held++;
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, { since: now, passed: 1, held: 0 });
    if (this.#entries.size > RateLimit.MAX_KEYS)
      this.#entries.delete(this.#entries.keys().next().value ?? "");
    return entry?.held ?? 0;
  }
}
