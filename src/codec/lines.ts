import type { Discard } from "./discard-run.ts";
import { HeldBytes } from "./held-bytes.ts";
import { viewOf } from "./view.ts";

/** A line without its end. The bytes are only valid until the next push. */
export interface Line {
  readonly type: "line";
  readonly bytes: Buffer;
}

export type LineItem = Line | Discard<"too-long">;

const LF = 10;
const CR = 13;
/** A line without an end is told of in pieces of this many bytes, so that the counters move. */
const TOO_LONG_PIECE_BYTES = 64 * 1024;

/**
 * Splits text into lines, which CR, LF or CRLF end; empty lines are nothing. Every byte that is not CR or LF ends up
 * in one line, in one discard, or in `pending`.
 *
 *   bytes ──► held ──CR, LF──► line
 *               └──more than maxBytes──► skipping ──CR, LF──► discard too-long
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #held = new HeldBytes();
  #skipping = false;
  #skipped = 0;

  /** @param maxBytes longest line; of a longer one nothing is kept, and splitting goes on after its end */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#held.size + this.#skipped;
  }

  push(chunk: Uint8Array): LineItem[] {
    const bytes = viewOf(chunk);
    const items: LineItem[] = [];
    let cr = ends(bytes, CR, 0);
    let lf = ends(bytes, LF, 0);
    let start = 0;
    for (let end = Math.min(cr, lf); end < bytes.length; end = Math.min(cr, lf)) {
      this.#end(bytes, start, end, items);
      start = end + 1;
      if (cr === end) cr = ends(bytes, CR, start);
      else lf = ends(bytes, LF, start);
    }
    if (start < bytes.length) this.#keep(bytes, start, bytes.length, items);
    return items;
  }

  #end(bytes: Buffer, start: number, end: number, items: LineItem[]): void {
    if (this.#skipping || this.#held.size + end - start > this.#maxBytes) {
      this.#keep(bytes, start, end, items);
      this.#endSkipping(items);
    } else if (this.#held.size > 0) {
      this.#held.append(bytes, start, end);
      items.push({ type: "line", bytes: this.#held.take() });
    } else if (end > start) items.push({ type: "line", bytes: bytes.subarray(start, end) });
  }

  #keep(bytes: Buffer, start: number, end: number, items: LineItem[]): void {
    const size = end - start;
    if (!this.#skipping && this.#held.size + size <= this.#maxBytes)
      return this.#held.append(bytes, start, end);
    this.#skipping = true;
    this.#skipped += this.#held.size + size;
    this.#held.clear();
    for (; this.#skipped >= TOO_LONG_PIECE_BYTES; this.#skipped -= TOO_LONG_PIECE_BYTES)
      items.push({ type: "discard", bytes: TOO_LONG_PIECE_BYTES, reason: "too-long" });
  }

  #endSkipping(items: LineItem[]): void {
    if (this.#skipped > 0) items.push({ type: "discard", bytes: this.#skipped, reason: "too-long" });
    this.#skipping = false;
    this.#skipped = 0;
  }
}

/** Where the byte is next, or the length if it is nowhere. */
function ends(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
}
