import type { Cursor } from "../message/index.ts";

/** Epochs remembered of a stream besides those that there are readings of. An agent that starts ten times a day fills them in four weeks; older ones are said to be lost with an open end. */
export const MAX_EPOCHS = 256;

/**
 * The newest seq that was durable in each epoch of each stream, also when retention has deleted every reading of it:
 * without it nobody could say what is missing at the end of an epoch.
 */
export class Epochs {
  readonly #streams = new Map<string, Cursor[]>();
  readonly #unsaved = new Map<string, Map<number, number>>();

  /** What is known of a stream, by rising epoch. */
  of(stream: string): readonly Cursor[] {
    return this.#streams.get(stream) ?? [];
  }

  newestOf(stream: string): Cursor | undefined {
    return this.#streams.get(stream)?.at(-1);
  }

  streams(): Iterable<string> {
    return this.#streams.keys();
  }

  /** Takes over what a table says. */
  restore(stream: string, last: Cursor): void {
    const lasts = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, lasts);
    const at = lasts.findLastIndex(({ epoch }) => epoch <= last.epoch);
    const known = lasts[at];
    if (known?.epoch !== last.epoch) lasts.splice(at + 1, 0, last);
    else if (known.seq < last.seq) lasts[at] = last;
  }

  /**
   * Forgets the oldest epochs beyond the bound.
   * @param oldest epoch that there are still readings of
   * @returns the oldest that is remembered
   */
  prune(stream: string, oldest: number): number {
    const lasts = this.#streams.get(stream) ?? [];
    const held = lasts.findIndex(({ epoch }) => epoch >= oldest);
    lasts.splice(0, Math.max(0, (held < 0 ? lasts.length : held) - MAX_EPOCHS));
    return lasts[0]?.epoch ?? 0;
  }

  /** A reading has become durable. */
  note(stream: string, last: Cursor): void {
    this.restore(stream, last);
    const changed = this.#unsaved.get(stream) ?? new Map<number, number>();
    const seq = Math.max(last.seq, changed.get(last.epoch) ?? 0);
    this.#unsaved.set(stream, changed.set(last.epoch, seq));
  }

  /** What has changed since it was last saved. */
  *unsaved(): IterableIterator<readonly [stream: string, last: Cursor]> {
    for (const [stream, changed] of this.#unsaved)
      for (const [epoch, seq] of changed) yield [stream, { epoch, seq }];
  }

  /** All of it goes to a new file. */
  saveAll(): void {
    for (const [stream, lasts] of this.#streams)
      this.#unsaved.set(stream, new Map(lasts.map(({ epoch, seq }) => [epoch, seq])));
  }

  saved(): void {
    this.#unsaved.clear();
  }
}
