import { NoiseRun, viewOf, type Discard } from "../../src/codec/index.ts";

/**
 * Sensirion's SHDLC (SPS30 data sheet V1.0, 5.1 and 5.2):
 *
 *   host → sensor   7E | address | command |         length | data … | sum | 7E
 *   sensor → host   7E | address | command | state | length | data … | sum | 7E
 *
 * The sum is the inverse of the low byte of that of what stands before it. Afterwards 7E, 7D, 11 and 13 are stuffed: 7D and
 * the byte with its bit 5 turned.
 */
const FLAG = 0x7e;
const ESCAPE = 0x7d;
const TURNED = 0x20;
const STUFFED: ReadonlySet<number> = new Set([FLAG, ESCAPE, 0x11, 0x13]);

const MAX_DATA_BYTES = 255;
/** Address, command, state, length and sum. */
const FRAME_BYTES = 5;
/** A frame of nothing but stuffed bytes. */
export const MAX_CONTENT_BYTES = 2 * (FRAME_BYTES + MAX_DATA_BYTES);

/** What is between two flags, stuffed. The bytes are only valid until the next push. */
export interface Content {
  readonly type: "content";
  readonly bytes: Buffer;
}

/**
 * Splits bytes at flags: one ends a frame and may begin the next as well, since stuffed bytes hold none. Every byte but the
 * flags ends up in one content, in one discard, or in `pending`.
 *
 *   noise ──7E──► content ──7E──► content …
 *                   └──more than MAX_CONTENT_BYTES──► (too-long) noise
 */
export class FlagSplitter {
  readonly #noise = new NoiseRun();
  readonly #held = Buffer.alloc(MAX_CONTENT_BYTES);
  #size = 0;
  #inContent = false;

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#size + this.#noise.bytes;
  }

  push(chunk: Uint8Array): (Content | Discard<"noise" | "too-long">)[] {
    const bytes = viewOf(chunk);
    const items: (Content | Discard<"noise" | "too-long">)[] = [];
    let at = 0;
    while (at < bytes.length) {
      const flag = bytes.indexOf(FLAG, at);
      const end = flag < 0 ? bytes.length : flag;
      this.#take(bytes, at, end, items);
      if (flag >= 0) this.#flag(items);
      at = end + 1;
    }
    return items;
  }

  #take(bytes: Buffer, start: number, end: number, items: (Content | Discard<"noise" | "too-long">)[]): void {
    const room = this.#inContent ? MAX_CONTENT_BYTES - this.#size : 0;
    const kept = Math.min(room, end - start);
    this.#size += bytes.copy(this.#held, this.#size, start, start + kept);
    if (kept === end - start) return;
    if (this.#inContent) items.push({ type: "discard", bytes: this.#size, reason: "too-long" });
    this.#inContent = false;
    this.#size = 0;
    this.#noise.add(end - start - kept, items);
  }

  #flag(items: (Content | Discard<"noise" | "too-long">)[]): void {
    this.#noise.end(items);
    // A copy: the next content is collected in the same place.
    if (this.#size > 0)
      items.push({ type: "content", bytes: Buffer.from(this.#held.subarray(0, this.#size)) });
    this.#inContent = true;
    this.#size = 0;
  }
}

/** A frame of the sensor. */
export interface Answer {
  readonly address: number;
  readonly command: number;
  readonly state: number;
  readonly data: Buffer;
}

/** A frame of the host. */
export interface Request {
  readonly address: number;
  readonly command: number;
  readonly data: Buffer;
}

export type Fault = { readonly fault: "noise" | "checksum" | "truncated" };

export function readAnswer(content: Buffer): Answer | Fault {
  const body = bodyOf(content, 3);
  if ("fault" in body) return body;
  return { address: body[0] ?? 0, command: body[1] ?? 0, state: body[2] ?? 0, data: body.subarray(4) };
}

export function readRequest(content: Buffer): Request | Fault {
  const body = bodyOf(content, 2);
  if ("fault" in body) return body;
  return { address: body[0] ?? 0, command: body[1] ?? 0, data: body.subarray(3) };
}

export function writeRequest({ address, command, data }: Request): Buffer {
  return frameOf([address, command, data.length, ...data]);
}

export function writeAnswer({ address, command, state, data }: Answer): Buffer {
  return frameOf([address, command, state, data.length, ...data]);
}

/** @param lengthAt where the length of the data stands. @returns what is before the sum, unstuffed */
function bodyOf(content: Buffer, lengthAt: number): Buffer | Fault {
  const bytes = unstuffed(content);
  if (!bytes || bytes.length < lengthAt + 2) return { fault: "noise" };
  const length = lengthAt + 1 + (bytes[lengthAt] ?? 0);
  if (bytes.length < length + 1) return { fault: "truncated" };
  const isIntact = bytes.length === length + 1 && bytes[length] === sumOf(bytes.subarray(0, length));
  return isIntact ? bytes.subarray(0, length) : { fault: "checksum" };
}

/** @returns undefined for what nobody stuffs */
function unstuffed(content: Buffer): Buffer | undefined {
  const bytes = Buffer.alloc(content.length);
  let size = 0;
  for (let at = 0; at < content.length; at++) {
    let byte = content[at] ?? 0;
    if (byte === ESCAPE) {
      byte = (content[++at] ?? 0) ^ TURNED;
      if (!STUFFED.has(byte)) return undefined;
    }
    bytes[size++] = byte;
  }
  return bytes.subarray(0, size);
}

function frameOf(body: readonly number[]): Buffer {
  const stuffed = [...body, sumOf(body)].flatMap((byte) =>
    STUFFED.has(byte) ? [ESCAPE, byte ^ TURNED] : [byte],
  );
  return Buffer.from([FLAG, ...stuffed, FLAG]);
}

function sumOf(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return ~sum & 0xff;
}
