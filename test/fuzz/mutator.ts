import { anyItem, edgeHead, headsOf, itemEnd, type Head } from "./cbor-items.ts";
import { Dice } from "./dice.ts";
import type { Target } from "./target.ts";
import { Workpiece } from "./workpiece.ts";

/** Inputs kept because a decoder said something new of them. */
const MAX_POOL = 512;
const MAX_KEPT_BYTES = 2_000;
const MAX_CHANGES = 8;
/** A short piece repeated up to the longest input: dear, so seldom. */
const STRETCH_ONE_IN = 200;
const GENERATE_ONE_IN = 16;
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff] as const;

/** Makes inputs for one target: known ones changed a little, two of them put together, or new ones. */
export class Mutator {
  readonly #dice: Dice;
  readonly #target: Target;
  readonly #pool: Buffer[];
  readonly #work: Workpiece;
  readonly #tokens: readonly Buffer[];

  constructor(target: Target, seed: number) {
    this.#dice = new Dice(seed);
    this.#target = target;
    this.#pool = [...target.corpus];
    this.#work = new Workpiece(target.maxBytes);
    this.#tokens = target.tokens ?? [];
  }

  /** The decoder took another way than ever before: from here it may be near to yet another. */
  keep(input: Buffer): void {
    if (this.#pool.length === MAX_POOL || input.length > MAX_KEPT_BYTES) return;
    // Small ones come from slabs that they would hold.
    const own = Buffer.alloc(input.length);
    input.copy(own);
    this.#pool.push(own);
  }

  end(): void {
    this.#pool.length = 0;
  }

  next(): Buffer {
    const { generate, fix } = this.#target;
    const dice = this.#dice;
    const isNew = generate !== undefined && dice.oneIn(GENERATE_ONE_IN);
    this.#work.start(isNew ? generate(dice) : dice.pick(dice.oneIn(3) ? this.#pool : this.#target.corpus));
    const changes = isNew && dice.oneIn(2) ? 0 : dice.oneIn(2) ? 1 : dice.few(MAX_CHANGES);
    for (let i = 0; i < changes; i++) this.#change();
    if (dice.oneIn(STRETCH_ONE_IN)) this.#stretch();
    const input = this.#work.take();
    return fix && dice.oneIn(2) ? fix(input) : input;
  }

  #change(): void {
    const kind = this.#dice.below(16);
    if (this.#target.isCbor === true && kind < 12) this.#changeItem();
    else if (kind < 11 && this.#target.isCbor !== true) this.#putToken();
    else this.#changeBytes();
  }

  #changeBytes(): void {
    const dice = this.#dice;
    const work = this.#work;
    const at = dice.below(work.length + 1);
    const end = Math.min(work.length, at + dice.few(32));
    const far = dice.below(work.length + 1);
    switch (dice.below(10)) {
      case 0:
        if (at < work.length) work.bytes[at] = (work.bytes[at] as number) ^ (1 << dice.below(8));
        break;
      case 1:
        if (at < work.length) work.bytes[at] = dice.below(256);
        break;
      case 2:
        work.replace(at, at, Buffer.from([dice.below(256)]));
        break;
      case 3:
        work.replace(at, end, Buffer.alloc(0));
        break;
      case 4:
        work.replace(at, at, work.part(Math.min(far, end), Math.min(work.length, far + dice.few(64))));
        break;
      case 5:
        if (dice.oneIn(4)) work.length = at;
        break;
      case 6:
        this.#splice();
        break;
      case 7:
        this.#putNumber(at);
        break;
      case 8:
        if (at < work.length)
          work.bytes[at] = ((work.bytes[at] as number) + dice.pick([1, 255, 2, 254])) & 0xff;
        break;
      default:
        work.replace(at, end, work.part(at, Math.min(work.length, at + dice.few(16))));
    }
  }

  #splice(): void {
    const other = this.#dice.pick(this.#pool);
    const [here, there] = [this.#dice.below(this.#work.length + 1), this.#dice.below(other.length + 1)];
    this.#work.replace(here, this.#work.length, other.subarray(there));
  }

  #putNumber(at: number): void {
    const size = this.#dice.pick([1, 2, 4, 8] as const);
    if (at + size > this.#work.length) return;
    const value = this.#dice.pick(NUMBERS);
    const big = this.#dice.oneIn(2);
    if (size === 8)
      this.#work.bytes.writeDoubleLE(this.#dice.pick([NaN, -1, 0.5, 2 ** 53, -(2 ** 53), 1e300]), at);
    else if (big) this.#work.bytes.writeUIntBE(value % 2 ** (8 * size), at, size);
    else this.#work.bytes.writeUIntLE(value % 2 ** (8 * size), at, size);
  }

  #putToken(): void {
    if (this.#tokens.length === 0) return this.#changeBytes();
    const at = this.#dice.below(this.#work.length + 1);
    const end = this.#dice.oneIn(2) ? at : Math.min(this.#work.length, at + this.#dice.few(16));
    this.#work.replace(at, end, this.#dice.pick(this.#tokens));
  }

  /** A whole item or its head, so that what is around it stays well-formed. */
  #changeItem(): void {
    const dice = this.#dice;
    const work = this.#work;
    const heads = headsOf(work.bytes, work.length);
    const index = dice.below(heads.length + 1);
    const head = heads[index];
    if (!head) return;
    const end = itemEnd(heads, index, work.length);
    const other = (heads[dice.below(heads.length)] as Head).at;
    switch (dice.below(12)) {
      case 0:
        return work.replace(head.at, head.end, edgeHead(dice, head.major));
      case 1:
        return work.replace(head.at, head.end, edgeHead(dice, dice.below(8)));
      case 2:
        return work.replace(end, end, work.part(head.at, end));
      case 3:
        return work.replace(head.at, end, Buffer.alloc(0));
      case 4:
        // One more or less than there are.
        work.bytes[head.at] = (work.bytes[head.at] as number) ^ (1 << dice.below(3));
        return;
      case 5:
        return work.replace(other, other, work.part(head.at, end));
      case 6:
      case 7:
        // A letter of a text, a byte of a number.
        if (end > head.at + 1) work.bytes[head.at + 1 + dice.below(end - head.at - 1)] = dice.below(128);
        return;
      case 8:
        return this.#addPair(heads, index, end);
      case 9:
        return work.replace(head.at, end, anyItem(dice));
      default:
        if (this.#tokens.length > 0) work.replace(head.at, end, dice.pick(this.#tokens));
    }
  }

  /** At the end of a map, which says so. */
  #addPair(heads: readonly Head[], index: number, end: number): void {
    const { at, major, argument } = heads[index] as Head;
    if (major !== 5 || argument > 22) return this.#putToken();
    const value = this.#dice.oneIn(2) ? anyItem(this.#dice) : this.#dice.pick(this.#tokens);
    const pair = Buffer.concat([this.#dice.pick(this.#tokens), value]);
    this.#work.replace(end, end, pair);
    this.#work.bytes[at] = 0xa0 | (argument + 1);
  }

  #stretch(): void {
    const work = this.#work;
    const at = this.#dice.below(work.length + 1);
    const piece =
      this.#tokens.length > 0 && this.#dice.oneIn(3)
        ? this.#dice.pick(this.#tokens)
        : work.part(at, Math.min(work.length, at + this.#dice.few(8)));
    work.stretch(at, piece, work.length + this.#dice.below(this.#target.maxBytes));
  }
}
