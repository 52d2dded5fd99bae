/** Deepest nesting that a message may have; Dunlin's own need 6. */
export const MAX_DEPTH = 16;

/** Most pairs or items that one map or array may hold. */
export const MAX_ITEMS = 4096;

/** Major types of RFC 8949 §3.1. */
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const SIMPLE = 7;

/** Bytes that follow an initial byte whose low five bits are 24…27. */
const ARGUMENT_BYTES = [1, 2, 4, 8] as const;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Walks over one CBOR item without building it (RFC 8949 appendix C), in time linear in its length: definite lengths
 * only, text keys only, no tags, bounded depth and bounded counts, nothing after the item. Tags are refused because
 * decoders build things of them (dates, sets, patterns) that are no values of ours.
 * @returns what is wrong and at which byte, or undefined if all is well
 */
export function wellFormed(bytes: Uint8Array): string | undefined {
  const walk = new Walk(bytes);
  const fault = walk.item(0);
  if (fault !== undefined) return `${fault} at byte ${walk.at}`;
  return walk.at === bytes.length ? undefined : `${bytes.length - walk.at} bytes after the end of the item`;
}

/** Where the item ends that begins at `at`; undefined if it is not well-formed. */
export function endOfItem(bytes: Uint8Array, at: number): number | undefined {
  const walk = new Walk(bytes, at);
  return walk.item(0) === undefined ? walk.at : undefined;
}

class Walk {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  item(depth: number, expectText = false): string | undefined {
    const initial = this.#bytes[this.at];
    if (initial === undefined) return "cut off";
    const major = initial >> 5;
    if (expectText && major !== TEXT) return "map key that is not text";
    if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH}`;
    const argument = this.#argument(initial & 31);
    if (typeof argument === "string") return argument;
    switch (major) {
      case BYTES:
      case TEXT:
        return this.#string(argument, major === TEXT);
      case ARRAY:
      case MAP:
        return this.#items(argument, depth, major === MAP);
      case TAG:
        return "tag, of which this protocol has none";
      case SIMPLE:
        return (initial & 31) === 24 && argument < 32 ? "reserved simple value" : undefined;
      default:
        return undefined;
    }
  }

  #argument(low: number): number | string {
    this.at++;
    if (low < 24) return low;
    const size = ARGUMENT_BYTES[low - 24];
    if (size === undefined) return low === 31 ? "indefinite length" : "reserved length";
    if (this.at + size > this.#bytes.length) return "cut off";
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#bytes[this.at++] ?? 0);
    return value;
  }

  #string(length: number, isText: boolean): string | undefined {
    if (this.at + length > this.#bytes.length) return "cut off";
    const start = this.at;
    this.at += length;
    return isText && !isUtf8(this.#bytes, start, this.at) ? "text that is not UTF-8" : undefined;
  }

  #items(count: number, depth: number, isMap: boolean): string | undefined {
    if (count > MAX_ITEMS) return `more than ${MAX_ITEMS} items`;
    for (let i = 0; i < count; i++) {
      const fault = (isMap ? this.item(depth + 1, true) : undefined) ?? this.item(depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

/** Most texts are ASCII, and many: those are only looked at. */
function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at++;
  if (at === end) return true;
  try {
    utf8.decode(bytes.subarray(at, end));
    return true;
  } catch {
    return false;
  }
}
