/**
 * The coding of SML (SML 1.04, 6.3): each element begins with a TL byte: 8 more TL bytes follow, 7 to 5 the type, 4 to 1 the
 * length. Of a list it counts the elements, of everything else all bytes, those of the TL too. 01 is an optional element that
 * is left out, 00 the end of a message.
 */
export type Node = Buffer | Integer | boolean | readonly Node[] | null;

/** Of any length up to eight bytes. */
export interface Integer {
  readonly value: bigint;
  /** As sent: some meters send numbers without a sign as if they had one. */
  readonly bytes: number;
  readonly isSigned: boolean;
}

const OCTETS = 0;
const BOOLEAN = 4;
const SIGNED = 5;
const UNSIGNED = 6;
const LIST = 7;

/** A tree of parameters is five lists deep in a message that is three deep. */
const MAX_DEPTH = 12;
/** More than fit into a frame of useful entries. */
const MAX_NODES = 4_096;
/** A length of four digits of four bits is longer than any frame. */
const MAX_TL_BYTES = 4;
const MAX_INTEGER_BYTES = 8;

/** What cannot be decoded. Never leaves this protocol's files. */
export class Malformed extends Error {}

export class TreeReader {
  readonly #bytes: Buffer;
  #nodes = 0;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** @throws Malformed if it ends too soon, is nested too deeply or has what there is not */
  node(depth = 0): Node {
    this.#nodes++;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw new Malformed();
    const { type, length, tlBytes } = this.#tl();
    if (type === LIST) return Array.from(this.#elements(length), () => this.node(depth + 1));
    if (type === OCTETS && length === 0) throw new Malformed();
    const content = this.take(length - tlBytes);
    switch (type) {
      case OCTETS:
        return content.length === 0 ? null : content;
      case BOOLEAN:
        if (content.length !== 1) throw new Malformed();
        return content[0] !== 0;
      case SIGNED:
      case UNSIGNED:
        return integerOf(content, type === SIGNED);
      default:
        throw new Malformed();
    }
  }

  /** The beginning of a list. @returns how many elements it has */
  list(): number {
    const { type, length } = this.#tl();
    if (type !== LIST) throw new Malformed();
    return length;
  }

  /** Passes over padding. */
  skipZeros(): void {
    while (this.#bytes[this.at] === 0) this.at++;
  }

  take(bytes: number): Buffer {
    if (bytes < 0 || this.at + bytes > this.#bytes.length) throw new Malformed();
    this.at += bytes;
    return this.#bytes.subarray(this.at - bytes, this.at);
  }

  /** Each element has a byte at least: what claims to have more of them than there are bytes makes no array of that length. */
  #elements(count: number): { length: number } {
    if (this.at + count > this.#bytes.length) throw new Malformed();
    return { length: count };
  }

  #tl(): { readonly type: number; readonly length: number; readonly tlBytes: number } {
    let byte = this.take(1)[0] ?? 0;
    const type = (byte >> 4) & 7;
    let length = byte & 0x0f;
    let tlBytes = 1;
    while (byte & 0x80) {
      if (tlBytes === MAX_TL_BYTES) throw new Malformed();
      byte = this.take(1)[0] ?? 0;
      if (byte & 0x70) throw new Malformed();
      length = length * 16 + (byte & 0x0f);
      tlBytes++;
    }
    return { type, length, tlBytes };
  }
}

function integerOf(content: Buffer, isSigned: boolean): Integer {
  if (content.length === 0 || content.length > MAX_INTEGER_BYTES) throw new Malformed();
  const unsigned = content.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const value = isSigned ? BigInt.asIntN(content.length * 8, unsigned) : unsigned;
  return { value, bytes: content.length, isSigned };
}
