/** Room that the first bytes of a cut line get; it doubles from there. */
const FIRST_BYTES = 128;

/** What is kept of a frame whose end has not come yet. Appending costs time in proportion to what is appended, also byte by byte. */
export class HeldBytes {
  #room: Buffer = Buffer.alloc(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(bytes: Buffer, start: number, end: number): void {
    const size = this.#size + end - start;
    if (size > this.#room.length) this.#grow(size);
    bytes.copy(this.#room, this.#size, start, end);
    this.#size = size;
  }

  /** Hands over what is held, and with it the memory: what is appended later does not touch it. */
  take(): Buffer {
    const taken = this.#room.subarray(0, this.#size);
    this.clear();
    return taken;
  }

  clear(): void {
    this.#room = Buffer.alloc(0);
    this.#size = 0;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(size, FIRST_BYTES, this.#room.length * 2));
    this.#room.copy(larger, 0, 0, this.#size);
    this.#room = larger;
  }
}
