import type { Discard } from "./discard-run.ts";
import { HeldBytes } from "./held-bytes.ts";
import { viewOf } from "./view.ts";

/** Ends a packet. One written before the first packet as well ends what noise has begun. RFC 1055, "protocol". */
export const SLIP_END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;
/** What is skipped without an end is told of in pieces of this many bytes, so that the counters move. */
const TOO_LONG_PIECE_BYTES = 64 * 1024;

/** A packet's contents. The bytes are only valid until the next push. */
export interface SlipPacket {
  readonly type: "packet";
  readonly bytes: Buffer;
}

export type SlipItem = SlipPacket | Discard<"unparsable" | "too-long">;

/** @returns the packet as it is on the line, with its end */
export function encodeSlip(packet: Uint8Array): Buffer {
  const encoded = Buffer.allocUnsafe(2 * packet.length + 1);
  let at = 0;
  for (const byte of packet) {
    const isSpecial = byte === SLIP_END || byte === ESC;
    if (isSpecial) encoded[at++] = ESC;
    encoded[at++] = isSpecial ? (byte === ESC ? ESC_ESC : ESC_END) : byte;
  }
  encoded[at++] = SLIP_END;
  return encoded.subarray(0, at);
}

/**
 * @param encoded without its end
 * @returns undefined if that is no packet. RFC 1055 would keep a byte that no escape may stand before; such a packet is damaged
 */
export function decodeSlip(encoded: Uint8Array): Buffer | undefined {
  const packet = Buffer.allocUnsafe(encoded.length);
  let size = 0;
  for (let at = 0; at < encoded.length; at++) {
    const byte = encoded[at] ?? 0;
    if (byte === SLIP_END) return undefined;
    if (byte !== ESC) packet[size++] = byte;
    else {
      const escaped = encoded[++at];
      if (escaped !== ESC_END && escaped !== ESC_ESC) return undefined;
      packet[size++] = escaped === ESC_END ? SLIP_END : ESC;
    }
  }
  return packet.subarray(0, size);
}

/**
 * Splits a stream into packets; empty ones are nothing. Every byte that is not an end comes, as it was on the line, in one
 * packet, in one discard, or is `pending`. SLIP has no checksum: whether a packet is whole its contents have to say, that of
 * the first one after the port has opened above all.
 *
 *   bytes ──► held ──END──► packet │ (unparsable)
 *               └──longer than any packet──► skipping ──END──► (too-long)
 */
export class SlipSplitter {
  readonly #maxBytes: number;
  readonly #held = new HeldBytes();
  #isSkipping = false;
  #skipped = 0;

  /** @param maxBytes longest packet; of a longer one nothing is kept. Held is up to twice that: each byte may be escaped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#held.size + this.#skipped;
  }

  push(chunk: Uint8Array): SlipItem[] {
    const bytes = viewOf(chunk);
    const items: SlipItem[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(SLIP_END, at);
      this.#keep(bytes, at, end < 0 ? bytes.length : end, items);
      if (end < 0) break;
      this.#end(items);
      at = end + 1;
    }
    return items;
  }

  #keep(bytes: Buffer, start: number, end: number, items: SlipItem[]): void {
    const size = this.#held.size + end - start;
    if (!this.#isSkipping && size <= 2 * this.#maxBytes) return this.#held.append(bytes, start, end);
    this.#isSkipping = true;
    this.#skipped += size;
    this.#held.clear();
    for (; this.#skipped >= TOO_LONG_PIECE_BYTES; this.#skipped -= TOO_LONG_PIECE_BYTES)
      items.push({ type: "discard", bytes: TOO_LONG_PIECE_BYTES, reason: "too-long" });
  }

  #end(items: SlipItem[]): void {
    if (this.#isSkipping) {
      if (this.#skipped > 0) items.push({ type: "discard", bytes: this.#skipped, reason: "too-long" });
      this.#isSkipping = false;
      this.#skipped = 0;
    } else if (this.#held.size > 0) items.push(this.#packetOf(this.#held.take()));
  }

  #packetOf(encoded: Buffer): SlipItem {
    const packet = decodeSlip(encoded);
    if (packet && packet.length <= this.#maxBytes) return { type: "packet", bytes: packet };
    return { type: "discard", bytes: encoded.length, reason: packet ? "too-long" : "unparsable" };
  }
}
