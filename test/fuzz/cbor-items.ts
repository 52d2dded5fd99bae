import { head } from "../../src/message/index.ts";
import type { Dice } from "./dice.ts";

/** Where an item of CBOR begins, and where what its head says of it ends. */
export interface Head {
  readonly at: number;
  readonly end: number;
  readonly major: number;
  readonly argument: number;
}

/** The heads in the order of the bytes, whatever those are: what is broken ends the list. */
export function headsOf(bytes: Buffer, length: number): Head[] {
  const heads: Head[] = [];
  for (let at = 0; at < length && heads.length < 512;) {
    const one = headAt(bytes, at, length);
    if (!one) break;
    heads.push(one);
    at = one.end + (one.major === 2 || one.major === 3 ? one.argument : 0);
  }
  return heads;
}

function headAt(bytes: Buffer, at: number, length: number): Head | undefined {
  const initial = bytes[at] as number;
  const low = initial & 31;
  const size = low < 24 ? 0 : low < 28 ? 2 ** (low - 24) : -1;
  if (size < 0 || at + 1 + size > length) return undefined;
  let argument = size === 0 ? low : 0;
  for (let i = 1; i <= size; i++) argument = argument * 256 + (bytes[at + i] as number);
  return { at, end: at + 1 + size, major: initial >> 5, argument };
}

/** Where the item that begins with head `index` ends, counted by the heads alone. */
export function itemEnd(heads: readonly Head[], index: number, length: number): number {
  let open = 1;
  let last = index;
  for (let i = index; open > 0 && i < heads.length; i++) {
    const { major, argument } = heads[i] as Head;
    open += -1 + (major === 4 ? argument : major === 5 ? 2 * argument : major === 6 ? 1 : 0);
    last = i;
  }
  const { end, major, argument } = heads[last] as Head;
  return Math.min(length, end + (major === 2 || major === 3 ? argument : 0));
}

/** All items in some messages, the small ones: names, values, maps. */
export function itemsIn(messages: readonly Buffer[], maxBytes = 200): Buffer[] {
  const found = new Map<string, Buffer>();
  for (const message of messages) {
    const heads = headsOf(message, message.length);
    for (const [index, { at }] of heads.entries()) {
      const item = message.subarray(at, itemEnd(heads, index, message.length));
      if (item.length <= maxBytes) found.set(item.toString("latin1"), item);
    }
  }
  return [...found.values()];
}

/** Edges of the widths that heads come in, and of what JavaScript takes for a whole number. */
const EDGES = [0, 1, 2, 22, 23, 24, 31, 32, 64, 127, 128, 254, 255, 256, 4095, 4096, 4097, 65_535, 65_536];
const WIDE = [
  0x7fff_ffffn,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];

/** A head of this type with an argument that is likely to be at an edge, sometimes in more bytes than it needs. */
export function edgeHead(dice: Dice, major: number): Buffer {
  if (dice.oneIn(3)) {
    const wide = Buffer.from([(major << 5) | 27, 0, 0, 0, 0, 0, 0, 0, 0]);
    wide.writeBigUInt64BE(dice.oneIn(2) ? dice.pick(WIDE) : BigInt(dice.pick(EDGES)), 1);
    return wide;
  }
  const plain = head("uint", dice.pick(EDGES));
  plain[0] = (plain[0] as number) | (major << 5);
  return plain;
}

const FLOATS = [NaN, Infinity, -Infinity, -0, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 53), 1e21, 1.1];
const TEXTS = [
  "",
  "constructor",
  "__proto__",
  "a",
  "toString",
  "\u00e9\ud83d\ude00",
  "x".repeat(63),
  "\0",
  "a/b",
];

/** An item of any kind; most are well-formed. */
export function anyItem(dice: Dice, depth = 0): Buffer {
  switch (dice.below(depth > 5 ? 7 : 11)) {
    case 0:
      return edgeHead(dice, 0);
    case 1:
      return edgeHead(dice, 1);
    case 2:
      return float(dice.pick(FLOATS), dice.pick([4, 8]));
    case 3:
      return Buffer.from([0xe0 | dice.below(32)]);
    case 4:
      return withHead("bytes", Buffer.alloc(dice.below(40), dice.word() & 0xff));
    case 5:
      return withHead("text", Buffer.from(dice.pick(TEXTS)));
    case 6:
      return Buffer.from([0xf9, dice.below(256), dice.below(256)]);
    case 7:
      return Buffer.concat([Buffer.from([0xc0 | dice.below(32)]), anyItem(dice, depth + 1)]);
    case 8:
      return anyArray(dice, depth);
    default:
      return anyMap(dice, depth);
  }
}

function anyArray(dice: Dice, depth: number): Buffer {
  const items = Array.from({ length: dice.below(5) }, () => anyItem(dice, depth + 1));
  return Buffer.concat([head("array", items.length), ...items]);
}

export function anyMap(
  dice: Dice,
  depth = 0,
  keys: readonly Buffer[] = [],
  values: readonly Buffer[] = [],
): Buffer {
  const size = dice.below(7);
  const items: Buffer[] = [head("map", size)];
  for (let i = 0; i < size; i++) {
    items.push(
      keys.length > 0 && !dice.oneIn(8) ? dice.pick(keys) : withHead("text", Buffer.from(dice.pick(TEXTS))),
    );
    items.push(values.length > 0 && !dice.oneIn(3) ? dice.pick(values) : anyItem(dice, depth + 1));
  }
  return Buffer.concat(items);
}

function float(value: number, bytes: number): Buffer {
  const item = Buffer.alloc(1 + bytes, bytes === 4 ? 0xfa : 0xfb);
  if (bytes === 4) item.writeFloatBE(value, 1);
  else item.writeDoubleBE(value, 1);
  return item;
}

function withHead(major: "bytes" | "text", value: Buffer): Buffer {
  return Buffer.concat([head(major, value.length), value]);
}
