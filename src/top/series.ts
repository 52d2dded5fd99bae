/** What is kept of a metric, s: as wide as a sparkline ever is. */
const SECONDS = 120;
const BARS = "▁▂▃▄▅▆▇█";

/** The course of one number over the last two minutes: its newest value in each second. */
export class Series {
  readonly #values = new Float64Array(SECONDS).fill(NaN);
  /** The newest that has fallen out. */
  #before = NaN;
  /** The newest that is kept; before the first, one long ago. */
  #second = -SECONDS;

  /** @param nowMs of a clock that never steps */
  add(value: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#values[this.#second % SECONDS] = value;
  }

  /** The newest `length` seconds, oldest first. A second in which nothing came has the value before it; NaN before the first. */
  last(length: number, nowMs: number): number[] {
    this.#turn(nowMs);
    let held = this.#before;
    const all = Array.from({ length: SECONDS }, (_, at) => {
      const value = this.#values[(this.#second + 1 + at) % SECONDS] ?? NaN;
      return (held = Number.isNaN(value) ? held : value);
    });
    return all.slice(-length);
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const passed = Math.min(second - this.#second, SECONDS);
    for (let at = 1; at <= passed; at++) {
      const slot = (this.#second + at + SECONDS) % SECONDS;
      const old = this.#values[slot] ?? NaN;
      if (!Number.isNaN(old)) this.#before = old;
      this.#values[slot] = NaN;
    }
    if (passed > 0) this.#second = second;
  }
}

/** One bar a value, the lowest of them to the highest; all alike are in the middle, and a gap is a space. */
export function sparkline(values: readonly number[]): string {
  const known = values.filter((value) => !Number.isNaN(value));
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) => {
      if (Number.isNaN(value)) return " ";
      const share = span > 0 ? (value - low) / span : 0.5;
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))];
    })
    .join("");
}
