/** Whole numbers that are the same for the same seed (mulberry32, as in test/support/random.ts, but without a division). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** @returns 0 to 2³² − 1 */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** @returns 0 to limit − 1 */
  below(limit: number): number {
    return this.word() % limit;
  }

  /** Small ones are likelier: half as likely for each one more. */
  few(most: number): number {
    return Math.min(most, 1 + Math.clz32(this.word()));
  }

  oneIn(many: number): boolean {
    return this.word() % many === 0;
  }

  /** @param items at least one */
  pick<T>(items: readonly T[]): T {
    return items[this.word() % items.length] as T;
  }
}
