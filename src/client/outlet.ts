import type { DunlinError } from "../base/index.ts";
import { BatchQueue } from "./batch-queue.ts";

/** The consumer's side of a stream: gives what is queued, one by one or in batches, and lets it wait for more. */
export class Outlet<T, S> {
  readonly #queue = new BatchQueue<T, S>();
  readonly #onTaken: () => void;
  #waiting: (() => void)[] = [];
  #ended = false;
  #error: DunlinError | undefined;

  /** @param onTaken told after each time that something was taken */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  get size(): number {
    return this.#queue.size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last item taken of each source. */
  handed(): ReadonlyMap<S, T> {
    return this.#queue.handed();
  }

  push(items: T[], source?: S): void {
    if (items.length === 0 || this.#ended) return;
    this.#queue.push(items, source);
    this.#wake();
  }

  next(): Promise<IteratorResult<T>> {
    return this.#give(this.#queue.shift(), () => this.next());
  }

  nextBatch(): Promise<IteratorResult<readonly T[]>> {
    return this.#give<readonly T[]>(this.#queue.shiftBatch(), () => this.nextBatch());
  }

  /** What is queued is still given; then an error, once, or the end. */
  finish(error?: DunlinError): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  clear(): void {
    this.#queue.clear();
  }

  #give<V>(value: V | undefined, again: () => Promise<IteratorResult<V>>): Promise<IteratorResult<V>> {
    if (value !== undefined) {
      this.#onTaken();
      return Promise.resolve({ value, done: false });
    }
    if (!this.#ended) return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(again);
    const error = this.#error;
    this.#error = undefined;
    return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
