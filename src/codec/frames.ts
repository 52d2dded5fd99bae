import { NoiseRun, type Discard } from "./discard-run.ts";
import { viewOf } from "./view.ts";

/** How the frames of a binary protocol are known: fixed length, or with a length inside. */
export interface FrameFormat {
  /** The bytes that every frame begins with. */
  readonly sync: readonly number[];
  /** Bytes from the frame's beginning that `lengthOf` looks at. */
  readonly headBytes: number;
  /** Longest frame; what claims to be longer is no frame. Also the most that is held back, bytes. */
  readonly maxBytes: number;
  /**
   * @returns the whole length of the frame that begins at `at`, 0 if none can begin like this, or INCOMPLETE if that shows
   * later; never for what is `maxBytes` long
   */
  lengthOf(bytes: Buffer, at: number): number;
  /** Whether the whole frame `bytes[start, end)` passes its own check. */
  isIntact(bytes: Buffer, start: number, end: number): boolean;
}

/** A whole and intact frame. The bytes are only valid until the next push. */
export interface Frame {
  readonly type: "frame";
  readonly bytes: Buffer;
}

export type FrameItem = Frame | Discard<"noise" | "checksum" | "truncated">;

/** More bytes are needed to tell what begins here. */
export const INCOMPLETE = -1;

/**
 * Finds frames in a stream of bytes. After a frame that fails its check the search goes on at sync + 1, never after
 * the frame's end: the length may be the byte that was wrong, and the next frame may have begun inside.
 * Every byte ends up in one frame, in one discard, or in `pending`. Frames of several formats may be mixed on one line if
 * their first bytes differ.
 *
 *   stream   …noise… [frame] [frame cut of[frame] [frame with a wrong b!t]
 *   items     noise   frame    truncated   frame    checksum
 */
export class FrameScanner {
  /** By the byte that a frame begins with. */
  readonly #formats: readonly (FrameFormat | undefined)[];
  readonly #maxBytes: number;
  /** The only byte that a frame begins with, or undefined if there are several. */
  readonly #sync0: number | undefined;
  readonly #skipped = new SkippedRun();
  /** Bytes from the beginning of a frame whose end has not come. The room after them is enough to finish it. */
  #held: Buffer = Buffer.alloc(0);
  #heldBytes = 0;

  constructor(...formats: readonly [FrameFormat, ...FrameFormat[]]) {
    const byFirst = Array.from<FrameFormat | undefined>({ length: 256 });
    for (const format of formats) byFirst[format.sync[0] ?? 0] = format;
    this.#formats = byFirst;
    this.#maxBytes = Math.max(...formats.map(({ maxBytes }) => maxBytes));
    this.#sync0 = formats.length === 1 ? (formats[0].sync[0] ?? 0) : undefined;
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#heldBytes + this.#skipped.bytes;
  }

  push(chunk: Uint8Array): FrameItem[] {
    const bytes = viewOf(chunk);
    const items: FrameItem[] = [];
    const from = this.#heldBytes > 0 ? this.#finishHeld(bytes, items) : 0;
    if (from < 0) return items;
    const rest = this.#scan(bytes, from, bytes.length, items);
    if (rest < bytes.length) this.#hold(bytes, rest, bytes.length);
    return items;
  }

  /**
   * Settles what begins in the held bytes, with as much of the chunk as that can take.
   * @returns where in the chunk to go on, or INCOMPLETE if all of it is held
   */
  #finishHeld(chunk: Buffer, items: FrameItem[]): number {
    const before = this.#heldBytes;
    const after = before + chunk.copy(this.#held, before, 0, this.#maxBytes);
    const at = this.#scan(this.#held.subarray(0, after), 0, before, items);
    this.#heldBytes = 0;
    if (at >= before) return at - before;
    if (at === 0) this.#heldBytes = after;
    else this.#hold(this.#held, at, after);
    return INCOMPLETE;
  }

  /** Into new memory: the frames found in this push may still point into the old. */
  #hold(bytes: Buffer, start: number, end: number): void {
    this.#held = Buffer.allocUnsafe(2 * this.#maxBytes);
    this.#heldBytes = bytes.copy(this.#held, 0, start, end);
  }

  /** @returns where it stopped: at `limit` or later, or before it where a frame begins whose end has not come */
  #scan(bytes: Buffer, from: number, limit: number, items: FrameItem[]): number {
    let at = from;
    while (at < limit) {
      const skip = this.#syncFrom(bytes, at, limit);
      if (skip > at) this.#skipped.add(skip - at, items);
      at = skip;
      if (at >= limit) break;
      const format = this.#formats[bytes[at] ?? 0];
      const length = format ? lengthAt(format, bytes, at) : 0;
      if (length === INCOMPLETE) return at;
      if (length > 0 && format?.isIntact(bytes, at, at + length)) {
        this.#skipped.endBefore(items);
        items.push({ type: "frame", bytes: bytes.subarray(at, at + length) });
        at += length;
      } else {
        if (length > 0) this.#skipped.broken(length, items);
        this.#skipped.add(1, items);
        at++;
      }
    }
    return at;
  }

  /** @returns where the next frame may begin, or `limit` if nowhere before it */
  #syncFrom(bytes: Buffer, from: number, limit: number): number {
    if (this.#sync0 !== undefined) {
      const sync = bytes.indexOf(this.#sync0, from);
      return sync < 0 || sync > limit ? limit : sync;
    }
    let at = from;
    while (at < limit && this.#formats[bytes[at] ?? 0] === undefined) at++;
    return at;
  }
}

/** @returns the length of the frame that begins here and is all there, 0 if none begins here, or INCOMPLETE */
function lengthAt(format: FrameFormat, bytes: Buffer, at: number): number {
  const { sync, headBytes, maxBytes } = format;
  const available = bytes.length - at;
  for (let i = 1; i < sync.length; i++) {
    if (i >= available) return INCOMPLETE;
    if (bytes[at + i] !== sync[i]) return 0;
  }
  if (available < headBytes) return INCOMPLETE;
  const length = format.lengthOf(bytes, at);
  if (length > maxBytes) return 0;
  return length > available ? INCOMPLETE : length;
}

/** Bytes that are skipped, told apart: noise, and what belonged to a frame that failed its check. */
class SkippedRun {
  readonly #noise = new NoiseRun();
  #broken = 0;
  /** How much of what comes next the broken frame laid claim to. */
  #claimed = 0;

  get bytes(): number {
    return this.#noise.bytes + this.#broken;
  }

  /** A frame of this length begins here and fails its check. Inside a broken frame that is part of the damage. */
  broken(length: number, items: FrameItem[]): void {
    if (this.#claimed > 0) return;
    this.#noise.end(items);
    this.#claimed = length;
  }

  add(bytes: number, items: FrameItem[]): void {
    const damage = Math.min(bytes, this.#claimed);
    this.#broken += damage;
    this.#claimed -= damage;
    if (damage > 0 && this.#claimed === 0) this.#endBroken("checksum", items);
    if (bytes > damage) this.#noise.add(bytes - damage, items);
  }

  /** An intact frame begins here; if it does so inside a broken one, that was cut off. */
  endBefore(items: FrameItem[]): void {
    this.#noise.end(items);
    this.#endBroken("truncated", items);
  }

  #endBroken(reason: "checksum" | "truncated", items: FrameItem[]): void {
    if (this.#broken > 0) items.push({ type: "discard", bytes: this.#broken, reason });
    this.#broken = this.#claimed = 0;
  }
}
