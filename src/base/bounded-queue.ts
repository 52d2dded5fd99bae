/** A first-in first-out queue with a bound. When it is full the oldest entry is dropped and counted: live data is worth more than old data, and replay brings back what was dropped. */
export class BoundedQueue<T> {
  readonly capacity: number;
  #ring: (T | undefined)[];
  #head = 0;
  #size = 0;
  #dropped = 0;

  /** @param capacity most entries held; the next one drops the oldest */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#ring = Array.from({ length: Math.min(capacity, 16) });
  }

  get size(): number {
    return this.#size;
  }

  /** Entries dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns the entry that had to go, or undefined */
  push(entry: T): T | undefined {
    let evicted: T | undefined;
    if (this.#size === this.capacity) {
      evicted = this.shift();
      this.#dropped++;
    } else if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) % this.#ring.length] = entry;
    this.#size++;
    return evicted;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const entry = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#size--;
    return entry;
  }

  #grow(): void {
    const larger: (T | undefined)[] = Array.from({ length: Math.min(this.capacity, this.#ring.length * 2) });
    for (let i = 0; i < this.#size; i++) larger[i] = this.#ring[(this.#head + i) % this.#ring.length];
    this.#ring = larger;
    this.#head = 0;
  }
}
