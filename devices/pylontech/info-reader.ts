/** Reads an info from its beginning to its end; what is not there reads as zero and is told by `isWhole`. */
export class InfoReader {
  readonly #info: Buffer;
  #at = 0;

  constructor(info: Buffer) {
    this.#info = info;
  }

  /** Whether all of it has been read, and nothing beyond. */
  get isWhole(): boolean {
    return this.rest === 0;
  }

  /** Bytes that have not been read. */
  get rest(): number {
    return this.#info.length - this.#at;
  }

  get isOver(): boolean {
    return this.rest < 0;
  }

  unsigned(bytes: number): number {
    const at = this.#skip(bytes);
    return this.isOver ? 0 : this.#info.readUIntBE(at, bytes);
  }

  signed(bytes: number): number {
    const at = this.#skip(bytes);
    return this.isOver ? 0 : this.#info.readIntBE(at, bytes);
  }

  bytes(count: number): Buffer {
    const at = this.#skip(count);
    return this.#info.subarray(at, at + count);
  }

  /** As many as the byte before them says. */
  counted<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.unsigned(1) }, read);
  }

  #skip(bytes: number): number {
    this.#at += bytes;
    return this.#at - bytes;
  }
}
