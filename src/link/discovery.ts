import type { Item } from "./cbor.ts";

/** An item that does not come is asked for again; the time doubles up to here, ms. */
const MAX_WAIT_MS = 2_000;

/** Gets the items of a device's self-description, one after another. */
export class Discovery {
  readonly #count: number;
  readonly #items = new Map<number, readonly Item[]>();
  #dueMs: number;
  #tries = 0;

  constructor(count: number, nowMs: number) {
    this.#count = count;
    this.#dueMs = nowMs;
  }

  get isDone(): boolean {
    return this.#items.size === this.#count;
  }

  /** In order, when it is done. */
  get items(): readonly (readonly Item[])[] {
    return Array.from({ length: this.#count }, (_, item) => this.#items.get(item) ?? []);
  }

  get dueMs(): number {
    return this.isDone ? Infinity : this.#dueMs;
  }

  /** @returns the number of the item to ask for, if it is time */
  due(nowMs: number, timeoutMs: number): number | undefined {
    if (nowMs < this.dueMs) return undefined;
    this.#dueMs = nowMs + Math.min(MAX_WAIT_MS, timeoutMs * 2 ** this.#tries++);
    for (let item = 0; item < this.#count; item++) if (!this.#items.has(item)) return item;
    return undefined;
  }

  /** @returns whether it is new */
  take(item: number, fields: readonly Item[], nowMs: number): boolean {
    if (item >= this.#count || this.#items.has(item)) return false;
    this.#items.set(item, fields);
    this.#tries = 0;
    this.#dueMs = nowMs;
    return true;
  }
}
