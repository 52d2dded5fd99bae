import { NoiseRun, viewOf, type Discard } from "../../src/codec/index.ts";
import { packetAt, readingAt } from "./protocol.ts";

/** The bytes are only valid until the next push. */
export interface Packet {
  readonly type: "packet";
  readonly bytes: Buffer;
}

export type PacketItem = Packet | Discard<"noise" | "truncated">;

/**
 * Finds packets in a stream that marks neither their beginning nor their end.
 *
 *   stream   …noise… [packet] [packet cut o[packet]
 *   items     noise   packet    truncated   packet
 *
 * A packet that was cut off lays claim to the beginning of the next one. So none is taken inside of which another one
 * begins: the first bytes of that are looked at too, also when they are the last of this one. Where they have not come, they
 * are waited for, until a pause shows that they will not (`settle`). That is so where the last byte could be a length, with
 * a weak signal; all other packets are taken with their last byte. A length is one byte: what is held is bounded by it.
 */
export class PacketScanner {
  readonly #noise = new NoiseRun();
  #held: Buffer = Buffer.alloc(0);

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#held.length + this.#noise.bytes;
  }

  push(chunk: Uint8Array): PacketItem[] {
    const items: PacketItem[] = [];
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : viewOf(chunk);
    const rest = this.#scan(bytes, false, items);
    this.#held = Buffer.from(bytes.subarray(rest));
    return items;
  }

  /** The line is silent: what has not come does not come. */
  settle(): PacketItem[] {
    const items: PacketItem[] = [];
    this.#scan(this.#held, true, items);
    this.#held = Buffer.alloc(0);
    this.#noise.end(items);
    return items;
  }

  /** @returns where something begins whose end has not come */
  #scan(bytes: Buffer, isSettled: boolean, items: PacketItem[]): number {
    let at = 0;
    while (at < bytes.length) {
      const verdict = packetAt(bytes, at, bytes.length);
      if (verdict === "incomplete" && !isSettled) return at;
      // Only of what is whole: what is seen inside must not depend on how much of the rest has come.
      const inside = verdict === "packet" ? insideOf(bytes, at, isSettled) : 0;
      if (inside === INCOMPLETE) return at;
      if (inside > 0) at += this.#truncated(inside, items);
      else at += verdict === "packet" ? this.#packet(bytes, at, items) : this.#skip(items);
    }
    return at;
  }

  #skip(items: PacketItem[]): number {
    this.#noise.add(1, items);
    return 1;
  }

  #truncated(bytes: number, items: PacketItem[]): number {
    this.#noise.end(items);
    items.push({ type: "discard", bytes, reason: "truncated" });
    return bytes;
  }

  #packet(bytes: Buffer, at: number, items: PacketItem[]): number {
    const length = (bytes[at] ?? 0) + 1;
    this.#noise.end(items);
    items.push({ type: "packet", bytes: bytes.subarray(at, at + length) });
    return length;
  }
}

const INCOMPLETE = -1;

/** @returns how far into the packet at `at` another one begins, 0 if none does, or INCOMPLETE if that shows later */
function insideOf(bytes: Buffer, at: number, isSettled: boolean): number {
  const end = at + (bytes[at] ?? 0) + 1;
  for (let inner = at + 1; inner < end; inner++) {
    const verdict = readingAt(bytes, inner, bytes.length);
    if (verdict === "packet") return inner - at;
    if (verdict === "incomplete" && !isSettled) return INCOMPLETE;
  }
  return 0;
}
