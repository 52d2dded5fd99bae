import { isAfter, type Cursor } from "../message/index.ts";

/** Entries already taken that are kept before the array is cut: cutting it each time would cost a copy a reading. */
const CUT_AT = 1_024;

/** Live readings of one stream that wait for what lies before them: in order, once each, bounded. The oldest go first, since a replay can bring those back soonest. */
export class LiveBuffer<R extends Cursor> {
  /** Most readings kept. */
  capacity: number;
  #readings: R[] = [];
  #head = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#readings.length - this.#head;
  }

  get first(): R | undefined {
    return this.#readings[this.#head];
  }

  /** @returns false if it is there already */
  insert(reading: R): boolean {
    const at = this.#placeOf(reading);
    if (at < 0) return false;
    if (at === this.#readings.length) this.#readings.push(reading);
    else this.#readings.splice(at, 0, reading);
    while (this.size > this.capacity) this.shift();
    return true;
  }

  shift(): R | undefined {
    const reading = this.#readings[this.#head];
    if (reading === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#readings.length || this.#head >= Math.max(CUT_AT, this.#readings.length / 2)) {
      this.#readings = this.#readings.slice(this.#head);
      this.#head = 0;
    }
    return reading;
  }

  /** From the back: nearly all are the newest. @returns -1 if it is there already */
  #placeOf(reading: R): number {
    for (let at = this.#readings.length; at > this.#head; at--) {
      const before = this.#readings[at - 1] as R;
      if (isAfter(reading, before)) return at;
      if (!isAfter(before, reading)) return -1;
    }
    return this.#head;
  }
}
