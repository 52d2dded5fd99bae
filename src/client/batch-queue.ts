import { BoundedQueue } from "../base/index.ts";

/** Batches that come from one source are joined up to this many, so that live readings are handed over in batches too. */
const JOIN_UP_TO = 1_000;

interface Batch<T, S> {
  readonly items: T[];
  readonly source: S | undefined;
}

/**
 * What waits for the consumer, in batches, each from one source; and for each source the last that was handed over.
 * Nothing is done for each single item but to count on, so that a replay is not slowed down here.
 */
export class BatchQueue<T, S> {
  /** Whoever fills it looks at the size first. */
  readonly #batches = new BoundedQueue<Batch<T, S>>(Infinity);
  readonly #handed = new Map<S, T>();
  #current: Batch<T, S> | undefined;
  #next = 0;
  #newest: Batch<T, S> | undefined;
  #size = 0;

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** @param items taken over, not copied */
  push(items: T[], source?: S): void {
    this.#size += items.length;
    const newest = this.#newest;
    if (newest?.source === source && newest && newest.items.length + items.length <= JOIN_UP_TO)
      for (const item of items) newest.items.push(item);
    else this.#batches.push((this.#newest = { items, source }));
  }

  shift(): T | undefined {
    if (!this.#current && !this.#advance()) return undefined;
    const batch = this.#current as Batch<T, S>;
    const item = batch.items[this.#next++] as T;
    this.#size--;
    if (this.#next === batch.items.length) this.#finish(batch);
    return item;
  }

  shiftBatch(): T[] | undefined {
    if (!this.#current && !this.#advance()) return undefined;
    const batch = this.#current as Batch<T, S>;
    const items = this.#next === 0 ? batch.items : batch.items.slice(this.#next);
    this.#size -= items.length;
    this.#finish(batch);
    return items;
  }

  /** The last item handed over of each source. */
  handed(): ReadonlyMap<S, T> {
    const { source, items } = this.#current ?? {};
    const last = items?.[this.#next - 1];
    if (source !== undefined && last !== undefined) this.#handed.set(source, last);
    return this.#handed;
  }

  clear(): void {
    this.handed();
    while (this.#batches.shift());
    this.#current = this.#newest = undefined;
    this.#size = 0;
  }

  #advance(): boolean {
    this.#current = this.#batches.shift();
    this.#next = 0;
    return this.#current !== undefined;
  }

  /** What has been handed over must not be added to. */
  #finish(batch: Batch<T, S>): void {
    if (batch.source !== undefined) this.#handed.set(batch.source, batch.items.at(-1) as T);
    if (this.#newest === batch) this.#newest = undefined;
    this.#current = undefined;
  }
}
