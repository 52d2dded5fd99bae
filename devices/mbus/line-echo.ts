/**
 * Takes the echo of what was written off what is read: many level converters have it, as the bus is one pair of wires. Bytes
 * that begin like it and go on otherwise are given back.
 */
export class LineEcho {
  #expected: Buffer = Buffer.alloc(0);
  #matched = 0;

  expect(written: Buffer): void {
    this.#expected = written;
    this.#matched = 0;
  }

  /** The same bytes without the echo; new memory if some that were held back are given again. */
  strip(chunk: Buffer): Buffer {
    for (let at = 0; at < chunk.length; at++) {
      if (this.#matched === this.#expected.length) return chunk.subarray(at);
      if (chunk[at] !== this.#expected[this.#matched]) {
        const held = this.#expected.subarray(0, this.#matched);
        this.expect(Buffer.alloc(0));
        return held.length === 0 ? chunk.subarray(at) : Buffer.concat([held, chunk.subarray(at)]);
      }
      this.#matched++;
    }
    return chunk.subarray(chunk.length);
  }
}
