/** Until it is measured, ms. */
const FIRST_TIMEOUT_MS = 300;
/** An answer may wait for this long at the device, and a timer be as late, ms. */
const SLACK_MS = 30;
const MIN_TIMEOUT_MS = 50;
const MAX_TIMEOUT_MS = 2_000;

/** How long an answer takes, smoothed, and how long it is to be waited for: RFC 6298 §2. */
export class RoundTrip {
  #smoothMs: number | undefined;
  #variationMs = 0;

  measured(ms: number): void {
    if (this.#smoothMs === undefined) {
      this.#smoothMs = ms;
      this.#variationMs = ms / 2;
      return;
    }
    this.#variationMs += (Math.abs(this.#smoothMs - ms) - this.#variationMs) / 4;
    this.#smoothMs += (ms - this.#smoothMs) / 8;
  }

  /** A whole number. */
  get timeoutMs(): number {
    if (this.#smoothMs === undefined) return FIRST_TIMEOUT_MS;
    const ms = this.#smoothMs + Math.max(SLACK_MS, 4 * this.#variationMs);
    return Math.round(Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, ms)));
  }
}
