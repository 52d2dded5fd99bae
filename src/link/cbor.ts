/**
 * The CBOR of the link's payloads (firmware-bridge/SPEC.md, "Payloads"; RFC 8949): small enough for a microcontroller, and
 * nothing else is taken.
 */

/** A number that came as a float of 32 bits, which is none where an integer is wanted. */
export class Float32 {
  /** The shortest decimal that is this float: 21.1 and not 21.100000381469727. What is no number is no value. */
  readonly value: number | null;

  constructor(value: number) {
    this.value = shortest(value);
  }
}

export type Item = number | string | boolean | null | Float32 | readonly Item[] | ReadonlyMap<Item, Item>;

/** Major types, as the upper three bits of an initial byte. RFC 8949 §3.1. */
const UINT = 0;
const NEGATIVE = 1;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const SIMPLE = 7;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const FLOAT32 = 0xfa;

const MAX_ITEMS = 255;
/** What a later version may put into a message is passed over up to this depth. */
const MAX_DEPTH = 4;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @returns the one item that the bytes are, or undefined if they are anything else */
export function readItem(bytes: Buffer): Item | undefined {
  const reader = new Reader(bytes);
  const item = reader.item(0);
  return reader.isAtEnd ? item : undefined;
}

/** Nothing is thrown: what cannot be read is undefined, and so is all around it. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  item(depth: number): Item | undefined {
    const first = this.#bytes[this.#at++];
    if (first === undefined || depth > MAX_DEPTH) return undefined;
    const major = first >> 5;
    if (major === SIMPLE) return this.#simple(first);
    const argument = this.#argument(first & 0x1f);
    if (argument === undefined) return undefined;
    switch (major) {
      case UINT:
        return argument;
      case NEGATIVE:
        return -1 - argument;
      case TEXT:
        return this.#text(argument);
      case ARRAY:
        return this.#array(argument, depth);
      case MAP:
        return this.#map(argument, depth);
      default:
        return undefined;
    }
  }

  #simple(first: number): Item | undefined {
    if (first === FALSE || first === TRUE) return first === TRUE;
    if (first === NULL) return null;
    if (first !== FLOAT32 || this.#at + 4 > this.#bytes.length) return undefined;
    this.#at += 4;
    return new Float32(this.#bytes.readFloatBE(this.#at - 4));
  }

  /** Of any form, as long as it has no more than 32 bits. */
  #argument(low: number): number | undefined {
    if (low < 24) return low;
    const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[low];
    if (size === undefined || this.#at + size > this.#bytes.length) return undefined;
    const at = this.#at;
    this.#at += size;
    if (size < 8) return this.#bytes.readUIntBE(at, size);
    return this.#bytes.readUInt32BE(at) === 0 ? this.#bytes.readUInt32BE(at + 4) : undefined;
  }

  #text(bytes: number): string | undefined {
    const end = this.#at + bytes;
    if (end > this.#bytes.length) return undefined;
    try {
      return UTF8.decode(this.#bytes.subarray(this.#at, end));
    } catch {
      return undefined;
    } finally {
      this.#at = end;
    }
  }

  #array(count: number, depth: number): Item[] | undefined {
    if (count > MAX_ITEMS) return undefined;
    const items: Item[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.item(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #map(count: number, depth: number): ReadonlyMap<Item, Item> | undefined {
    if (count > MAX_ITEMS) return undefined;
    const map = new Map<Item, Item>();
    for (let i = 0; i < count; i++) {
      const key = this.item(depth + 1);
      const value = key === undefined ? undefined : this.item(depth + 1);
      if (key === undefined || value === undefined || map.has(key)) return undefined;
      map.set(key, value);
    }
    return map;
  }
}

/** Whole numbers up to 32 bits as integers, all others as floats of 32 bits. */
export function writeItem(item: Item): Buffer {
  if (item === null) return Buffer.of(NULL);
  if (typeof item === "boolean") return Buffer.of(item ? TRUE : FALSE);
  if (item instanceof Float32) return float(item.value ?? NaN);
  if (typeof item === "number") return number(item);
  if (typeof item === "string") {
    const bytes = Buffer.from(item);
    return Buffer.concat([head(TEXT, bytes.length), bytes]);
  }
  if (item instanceof Map)
    return Buffer.concat([
      head(MAP, item.size),
      ...[...item].flatMap(([key, value]: [Item, Item]) => [writeItem(key), writeItem(value)]),
    ]);
  const items = item as readonly Item[];
  return Buffer.concat([head(ARRAY, items.length), ...items.map(writeItem)]);
}

/** What a microcontroller can take for an integer: signed or unsigned, of 32 bits. */
export function isInteger32(value: number): boolean {
  return Number.isInteger(value) && value >= -0x8000_0000 && value <= 0xffff_ffff;
}

function number(value: number): Buffer {
  if (!Number.isInteger(value) || value < -0x1_0000_0000 || value > 0xffff_ffff) return float(value);
  return value < 0 ? head(NEGATIVE, -1 - value) : head(UINT, value);
}

function float(value: number): Buffer {
  const bytes = Buffer.of(FLOAT32, 0, 0, 0, 0);
  bytes.writeFloatBE(value, 1);
  return bytes;
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 0x100) return Buffer.of(type | 24, argument);
  if (argument < 0x1_0000) return Buffer.of(type | 25, argument >> 8, argument & 0xff);
  const bytes = Buffer.of(type | 26, 0, 0, 0, 0);
  bytes.writeUInt32BE(argument, 1);
  return bytes;
}

function shortest(float32: number): number | null {
  if (!Number.isFinite(float32)) return null;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short;
  }
  return Number(float32.toPrecision(9));
}
