import { NoiseRun, viewOf, type Discard } from "../../src/codec/index.ts";
import { isHexDigit, MAX_HEX_CHARACTERS, readHex, type HexFrame } from "./hex.ts";
import { bytesOf, judge, type TextLine } from "./block.ts";

/** A text block whose sum is right. */
export interface Block {
  readonly type: "block";
  /** Label and value of each field, in the device's order, without the checksum. */
  readonly fields: readonly (readonly [label: string, value: string])[];
  /** On the line, without what HEX frames were inside. */
  readonly bytes: number;
}

export interface HexItem {
  readonly type: "hex";
  readonly frame: HexFrame;
  /** On the line, with colon and line feed. */
  readonly bytes: number;
}

export type VeDirectItem =
  Block | HexItem | Discard<"noise" | "checksum" | "truncated" | "too-long" | "unparsable">;

/**
 * Longest block, without what HEX frames are inside, bytes. The protocol has 22 fields of at most 9 + 1 + 33 characters
 * and a line's end: under 1000. VE.Direct Protocol 3.33, "Protocol description".
 */
const MAX_BLOCK_BYTES = 2048;
/** Longest line. */
const MAX_LINE_BYTES = 128;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const CHECKSUM_LINE = Buffer.from("Checksum\t", "latin1");

/**
 * Finds text blocks and HEX frames, which a device sends between and inside blocks, in a stream of bytes.
 *
 *   text   CR LF label TAB value … CR LF "Checksum" TAB byte      sum of all of them, mod 256, is 0
 *   HEX    ":" hexadecimal digits LF                              see hex.ts
 *
 * The byte after `Checksum TAB` may be any: also `:`, CR or LF, and then it begins neither a frame nor a line. What
 * begins with a colon and is not digits up to a line feed is text. HEX frames do not count in the sum.
 *
 *   idle ──CR LF──► lines ──"Checksum" TAB──► sum ──byte──► (block │ discard) idle
 *    └─noise          └──too long──► (discard) idle
 */
export class VeDirectScanner {
  readonly #noise = new NoiseRun();
  /** The characters after a colon that may be a HEX frame's. */
  #hex: number[] | undefined;
  #state: "idle" | "lines" | "sum" = "idle";
  #sawCr = false;
  #lines: TextLine[] = [];
  #line: number[] = [];
  #blockBytes = 0;
  /** Nothing but HEX frames has come since the last block's end, or since the line was opened. */
  #contiguous = true;

  push(chunk: Uint8Array): VeDirectItem[] {
    const items: VeDirectItem[] = [];
    for (const byte of viewOf(chunk)) this.#byte(byte, items);
    return items;
  }

  #byte(byte: number, items: VeDirectItem[]): void {
    const hex = this.#hex;
    if (hex) {
      if (byte === LF && hex.length > 1) return this.#endHex(hex, items);
      if (isHexDigit(byte) && hex.length < MAX_HEX_CHARACTERS) return void hex.push(byte);
      this.#hex = undefined;
      for (const held of hex) this.#text(held, items);
    }
    if (byte === COLON && this.#state !== "sum") this.#hex = [COLON];
    else this.#text(byte, items);
  }

  #endHex(characters: readonly number[], items: VeDirectItem[]): void {
    this.#hex = undefined;
    this.#noise.end(items);
    const bytes = characters.length + 1;
    const frame = readHex(Buffer.from(characters));
    items.push(
      typeof frame === "string" ? { type: "discard", bytes, reason: frame } : { type: "hex", frame, bytes },
    );
  }

  #text(byte: number, items: VeDirectItem[]): void {
    if (this.#state === "idle") return this.#idle(byte, items);
    this.#blockBytes++;
    if (this.#state === "sum") return this.#sum(byte, items);
    this.#line.push(byte);
    const { length } = this.#line;
    if (byte === LF && this.#line[length - 2] === CR) return this.#endLine(items);
    if (length === CHECKSUM_LINE.length && CHECKSUM_LINE.equals(Buffer.from(this.#line))) this.#state = "sum";
    else if (length > MAX_LINE_BYTES) this.#abandon(items);
  }

  #idle(byte: number, items: VeDirectItem[]): void {
    const begins = byte === LF && this.#sawCr;
    if (begins) this.#noise.end(items);
    else if (this.#sawCr) this.#skip(1, items);
    this.#sawCr = byte === CR;
    if (!begins && byte !== CR) this.#skip(1, items);
    if (!begins) return;
    this.#state = "lines";
    this.#blockBytes = 2;
  }

  #skip(bytes: number, items: VeDirectItem[]): void {
    this.#contiguous = false;
    this.#noise.add(bytes, items);
  }

  #endLine(items: VeDirectItem[]): void {
    this.#lines.push({ bytes: Buffer.from(this.#line.slice(0, -2)) });
    this.#line = [];
    while (this.#blockBytes > MAX_BLOCK_BYTES) this.#dropOldest(items);
  }

  /** Of more than a block the latest is kept: what begins in it may end well. */
  #dropOldest(items: VeDirectItem[]): void {
    const [oldest, ...rest] = this.#lines;
    if (!oldest) return;
    this.#lines = rest;
    this.#contiguous = false;
    this.#blockBytes -= bytesOf(oldest);
    items.push({ type: "discard", bytes: bytesOf(oldest), reason: "too-long" });
  }

  #sum(byte: number, items: VeDirectItem[]): void {
    const verdict = judge(this.#lines, byte, this.#contiguous);
    if (verdict.prefixBytes > 0)
      items.push({ type: "discard", bytes: verdict.prefixBytes, reason: verdict.prefixReason });
    this.#contiguous = true;
    if (verdict.fields) {
      const bytes = this.#blockBytes - verdict.prefixBytes;
      items.push({ type: "block", fields: verdict.fields, bytes });
      return this.#reset();
    }
    // The byte may be the next block's first: then the sum was lost.
    const mayBegin = byte === CR || byte === COLON;
    const bytes = this.#blockBytes - verdict.prefixBytes - (mayBegin ? 1 : 0);
    items.push({ type: "discard", bytes, reason: verdict.reason });
    this.#reset();
    if (mayBegin) this.#byte(byte, items);
  }

  /** A line without an end. With nothing before it that a device would say it is no line at all. */
  #abandon(items: VeDirectItem[]): void {
    const isNoise = !this.#lines.some(({ bytes }) => bytes.indexOf(0x09) > 0);
    if (isNoise) this.#noise.add(this.#blockBytes, items);
    else items.push({ type: "discard", bytes: this.#blockBytes, reason: "too-long" });
    this.#contiguous = false;
    this.#reset();
  }

  #reset(): void {
    this.#state = "idle";
    this.#sawCr = false;
    this.#lines = [];
    this.#line = [];
    this.#blockBytes = 0;
  }
}

/** A block as a device sends it. */
export function writeBlock(fields: readonly (readonly [label: string, value: string])[]): Buffer {
  const text = fields.map(([label, value]) => `\r\n${label}\t${value}`).join("");
  const block = Buffer.from(`${text}\r\nChecksum\t\0`, "latin1");
  block[block.length - 1] = -block.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return block;
}
