import { NoiseRun, type Discard } from "./discard-run.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { Line } from "./lines.ts";
import { viewOf } from "./view.ts";

export type MarkedLineItem = Line | Discard<"noise" | "truncated" | "too-long">;

const CR = 13;
const LF = 10;
const END = 1;
const MARK = 2;

/**
 * Splits text whose lines begin with a mark (`$` and `!` in NMEA 0183) and end with CR or LF, out of a stream that
 * may hold other things in between. A mark inside a line means that its end was lost: what was there is `truncated`,
 * and a new line begins. What no mark begins is `noise`, one discard a line of it.
 *
 *   noise ──mark──► line ──CR, LF──► (line) noise
 *                    │ └──mark──► (truncated) line
 *                    └──more than maxBytes──► (too-long) noise
 *
 * Every byte that is not CR or LF ends up in one line, in one discard, or in `pending`.
 */
export class MarkedLineSplitter {
  readonly #maxBytes: number;
  readonly #held = new HeldBytes();
  readonly #noise = new NoiseRun();
  /** What each byte value does to a line. */
  readonly #role = new Uint8Array(256);

  /** @param maxBytes longest line with its mark; nothing is kept of a longer one */
  constructor(marks: readonly number[], maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#role[CR] = this.#role[LF] = END;
    for (const mark of marks) this.#role[mark] = MARK;
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#held.size + this.#noise.bytes;
  }

  push(chunk: Uint8Array): MarkedLineItem[] {
    const bytes = viewOf(chunk);
    const items: MarkedLineItem[] = [];
    let at = 0;
    let inLine = this.#held.size > 0;
    while (at < bytes.length) {
      const next = this.#nextRole(bytes, inLine ? at + (this.#held.size === 0 ? 1 : 0) : at);
      if (inLine) this.#line(bytes, at, next, items);
      else this.#noise.add(next - at, items);
      if (next === bytes.length) break;
      inLine = this.#role[bytes[next] ?? 0] === MARK;
      this.#noise.end(items);
      at = inLine ? next : next + 1;
    }
    return items;
  }

  #nextRole(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && this.#role[bytes[at] ?? 0] === 0) at++;
    return at;
  }

  /** A line's bytes up to where it ends, is cut off by a mark, or the chunk is over. */
  #line(bytes: Buffer, start: number, end: number, items: MarkedLineItem[]): void {
    const size = this.#held.size + end - start;
    if (size > this.#maxBytes) return this.#tooLong(size, items);
    if (end === bytes.length) return this.#held.append(bytes, start, end);
    if (this.#role[bytes[end] ?? 0] === MARK) {
      this.#held.clear();
      items.push({ type: "discard", bytes: size, reason: "truncated" });
    } else if (this.#held.size === 0) items.push({ type: "line", bytes: bytes.subarray(start, end) });
    else {
      this.#held.append(bytes, start, end);
      items.push({ type: "line", bytes: this.#held.take() });
    }
  }

  /** Told of as soon as it is known, at the first byte too many; what follows is noise. */
  #tooLong(size: number, items: MarkedLineItem[]): void {
    this.#held.clear();
    items.push({ type: "discard", bytes: this.#maxBytes, reason: "too-long" });
    this.#noise.add(size - this.#maxBytes, items);
  }
}
