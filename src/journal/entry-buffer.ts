import { MAX_RUN_BYTES, MAX_RUN_READINGS, packRun, type Entry } from "./packed-run.ts";
import type { Batch } from "./record.ts";

interface Waiting {
  readonly stream: string;
  readonly entry: Entry;
}

/** Readings that are not on the disk yet, in the order they came. Bounded by bytes: when it is full the oldest goes and is counted. */
export class EntryBuffer {
  readonly #maxBytes: number;
  readonly #dropped = new Map<string, number>();
  #waiting: Waiting[] = [];
  #head = 0;
  #bytes = 0;

  /** @param maxBytes most bytes of bodies held */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Readings that had to go, by stream. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  push(stream: string, entry: Entry): void {
    this.#waiting.push({ stream, entry });
    this.#bytes += entry.body.length;
    while (this.#bytes > this.#maxBytes && this.size > 1) {
      const { stream: loser } = this.#waiting[this.#head] as Waiting;
      this.#dropped.set(loser, (this.#dropped.get(loser) ?? 0) + 1);
      this.take(1);
    }
  }

  /**
   * The oldest readings as runs, still held: as many as a run may hold, were they all of one stream.
   * @returns and how many they are, for {@link take}
   */
  peek(): { runs: Batch["runs"]; count: number } {
    const groups = new Map<string, { stream: string; entries: Entry[] }>();
    const most = Math.min(this.size, MAX_RUN_READINGS);
    let count = 0;
    for (let bytes = 0; count < most; count++) {
      const { stream, entry } = this.#waiting[this.#head + count] as Waiting;
      bytes += entry.body.length;
      if (bytes > MAX_RUN_BYTES && count > 0) break;
      const key = `${entry.epoch} ${stream}`;
      const group = groups.get(key);
      if (group) group.entries.push(entry);
      else groups.set(key, { stream, entries: [entry] });
    }
    const runs = Array.from(groups.values(), ({ stream, entries }) => ({ stream, run: packRun(entries) }));
    return { runs, count };
  }

  /** Lets the oldest go. */
  take(count: number): void {
    const end = this.#head + count;
    for (let at = this.#head; at < end; at++) this.#bytes -= (this.#waiting[at] as Waiting).entry.body.length;
    this.#head = end;
    // Moves what is left once it is the smaller part, so that the array does not grow for ever.
    if (this.#head * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }
}
