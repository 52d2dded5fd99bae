import { NoiseRun, viewOf, type Discard } from "../../src/codec/index.ts";
import { crcX25, hasRightCrc } from "./crc16.ts";

/**
 * SML transport protocol, version 1 (SML 1.04, 8; BSI TR-03109-1, annex IV):
 *
 *   1B1B1B1B 01010101 | messages, padded with 00 to 4 | 1B1B1B1B 1A pp crc crc      pp: how many bytes of padding
 *
 * 1B1B1B1B in the messages is sent twice. The CRC is that of every byte before it, as sent.
 */
const ESCAPE = Buffer.from("1b1b1b1b", "hex");
const START = Buffer.from("1b1b1b1b01010101", "hex");
const ESCAPED = Buffer.concat([ESCAPE, ESCAPE]);
const END = 0x1a;
const END_BYTES = 8;
const MAX_PADDING = 3;

/** Meters send 200 to 500 bytes; a gateway's answers with many entries are longer. */
export const MAX_FRAME_BYTES = 8_192;

/** The messages of an intact frame, without escapes and padding. `bytes` is how long it was on the line. */
export interface SmlFrame {
  readonly type: "frame";
  readonly payload: Buffer;
  readonly bytes: number;
}

export type SmlItem = SmlFrame | Discard<"noise" | "checksum" | "truncated" | "too-long">;

/** Where the frame that begins at `at` ends, and how. */
type Ending =
  | { readonly kind: "end" | "restart" | "too-long"; readonly at: number }
  | { readonly kind: "incomplete"; readonly at: number };

/**
 * Finds frames in a stream of bytes. After a frame that fails its check the search goes on at its second byte: what was
 * taken for its end may be the beginning of the next. Every byte ends up in one frame, one discard, or in `pending`.
 */
export class SmlScanner {
  readonly #noise = new NoiseRun();
  /** What is not settled yet. */
  readonly #held = new Held();
  /** A frame begins with the held bytes, and has been searched for its end up to here. */
  #searched: number | undefined;
  /** Bytes of a frame that was none, which are still to be skipped, and why. */
  #broken = 0;
  #reason: "checksum" | "too-long" = "checksum";
  #skippedBroken = 0;

  get pending(): number {
    return this.#held.bytes.length + this.#noise.bytes + this.#skippedBroken;
  }

  push(chunk: Uint8Array): SmlItem[] {
    const items: SmlItem[] = [];
    this.#held.append(viewOf(chunk));
    let isMore = true;
    while (isMore) isMore = this.#searched === undefined ? this.#findStart(items) : this.#findEnd(items);
    return items;
  }

  /** @returns whether there is more to be settled */
  #findStart(items: SmlItem[]): boolean {
    const { bytes } = this.#held;
    const start = bytes.indexOf(START);
    if (start < 0) {
      this.#skip(bytes.length - beginningOf(bytes), items);
      return false;
    }
    this.#skip(start, items);
    // A frame begins inside of one that failed its check: that one was cut off.
    if (this.#skippedBroken > 0) this.#endBroken("truncated", items);
    this.#broken = 0;
    this.#searched = START.length;
    return true;
  }

  #findEnd(items: SmlItem[]): boolean {
    const { bytes } = this.#held;
    const ending = endingOf(bytes, this.#searched ?? 0);
    if (ending.kind === "incomplete") {
      this.#searched = ending.at;
      return false;
    }
    this.#searched = undefined;
    if (ending.kind === "end") this.#end(ending.at, items);
    else if (ending.kind === "too-long") this.#fail(ending.at, "too-long", items);
    else {
      this.#noise.end(items);
      items.push({ type: "discard", bytes: ending.at, reason: "truncated" });
      this.#held.drop(ending.at);
    }
    return true;
  }

  #end(end: number, items: SmlItem[]): void {
    const { bytes } = this.#held;
    const crc = bytes.readUInt16LE(end - 2);
    if (!hasRightCrc(bytes, 0, end - 2, crc)) return this.#fail(end, "checksum", items);
    const padding = bytes[end - 3] ?? 0;
    const payload = unescaped(bytes.subarray(START.length, end - END_BYTES));
    this.#noise.end(items);
    items.push({ type: "frame", payload: payload.subarray(0, payload.length - padding), bytes: end });
    this.#held.drop(end);
  }

  #fail(bytes: number, reason: "checksum" | "too-long", items: SmlItem[]): void {
    this.#noise.end(items);
    this.#broken = bytes;
    this.#reason = reason;
    this.#skip(1, items);
  }

  #skip(bytes: number, items: SmlItem[]): void {
    const broken = Math.min(bytes, this.#broken);
    this.#skippedBroken += broken;
    this.#broken -= broken;
    if (this.#broken === 0 && this.#skippedBroken > 0) this.#endBroken(this.#reason, items);
    if (bytes > broken) this.#noise.add(bytes - broken, items);
    this.#held.drop(bytes);
  }

  #endBroken(reason: "checksum" | "truncated" | "too-long", items: SmlItem[]): void {
    items.push({ type: "discard", bytes: this.#skippedBroken, reason });
    this.#skippedBroken = 0;
  }
}

/** @param from where to search on; everything before is known to be data */
function endingOf(bytes: Buffer, from: number): Ending {
  let at = from;
  for (;;) {
    const escape = bytes.indexOf(ESCAPE, at);
    // What may be the beginning of an escape is looked at again.
    at = escape < 0 ? Math.max(at, bytes.length - ESCAPE.length + 1) : escape;
    if (at + END_BYTES > MAX_FRAME_BYTES) {
      if (bytes.length < MAX_FRAME_BYTES) return { kind: "incomplete", at };
      return { kind: "too-long", at: MAX_FRAME_BYTES };
    }
    if (escape < 0 || bytes.length < at + END_BYTES) return { kind: "incomplete", at };
    const sequence = bytes.subarray(at, at + END_BYTES);
    if (sequence.equals(START)) return { kind: "restart", at };
    if (isEnd(sequence, at)) return { kind: "end", at: at + END_BYTES };
    at += sequence.equals(ESCAPED) ? ESCAPED.length : 1;
  }
}

/** There is no more padding than there are bytes. */
function isEnd(sequence: Buffer, at: number): boolean {
  const padding = sequence[5] ?? 0;
  return sequence[4] === END && padding <= MAX_PADDING && at - START.length >= padding;
}

/** How many bytes at the end may be the beginning of a frame. */
function beginningOf(bytes: Buffer): number {
  for (let length = Math.min(bytes.length, START.length - 1); length > 0; length--)
    if (bytes.subarray(bytes.length - length).equals(START.subarray(0, length))) return length;
  return 0;
}

function unescaped(bytes: Buffer): Buffer {
  if (!bytes.includes(ESCAPED)) return Buffer.from(bytes);
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(ESCAPED); at >= 0; at = bytes.indexOf(ESCAPED, from)) {
    parts.push(bytes.subarray(from, at + ESCAPE.length));
    from = at + ESCAPED.length;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

export function writeFrame(messages: Buffer): Buffer {
  const padding = (4 - (messages.length % 4)) % 4;
  const escaped = escapedOf(Buffer.concat([messages, Buffer.alloc(padding)]));
  const head = Buffer.concat([START, escaped, ESCAPE, Buffer.of(END, padding)]);
  const crc = crcX25(head, 0, head.length);
  return Buffer.concat([head, Buffer.of(crc & 0xff, crc >> 8)]);
}

function escapedOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, from)) {
    parts.push(bytes.subarray(from, at), ESCAPED);
    from = at + ESCAPE.length;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

/** Bytes that grow at their end and are dropped at their beginning. */
class Held {
  #room: Buffer = Buffer.alloc(0);
  bytes: Buffer = Buffer.alloc(0);

  append(chunk: Buffer): void {
    const size = this.bytes.length + chunk.length;
    const from = this.bytes.byteOffset - this.#room.byteOffset;
    if (from + size > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(1_024, 2 * size));
      this.bytes.copy(room);
      chunk.copy(room, this.bytes.length);
      this.#room = room;
      this.bytes = room.subarray(0, size);
    } else {
      chunk.copy(this.#room, from + this.bytes.length);
      this.bytes = this.#room.subarray(from, from + size);
    }
  }

  drop(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes);
  }
}
