import { CONTENT_BYTES, VARIABLE } from "./content.ts";

/** One value as it was sent, with all that tells what it is. M-Bus documentation 4.8, 6.3.2. */
export interface DataRecord {
  readonly dif: number;
  readonly vif: number;
  readonly vifes: readonly number[];
  /** The unit in words, where the VIF is text. */
  readonly unitText?: string;
  readonly statistic: Statistic;
  /** 0 is now; others are values of due days, usually. */
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
  /** LVAR: what and how long data of variable length are. */
  readonly variable?: number;
  readonly content: Buffer;
}

export interface Records {
  readonly records: readonly DataRecord[];
  /** The maker's own, of which nothing is known. */
  readonly manufacturerData?: Buffer;
  /** There is another telegram to be asked for. */
  readonly moreFollow: boolean;
}

const STATISTICS = ["instantaneous", "maximum", "minimum", "error"] as const;
export type Statistic = (typeof STATISTICS)[number];

const MORE = 0x80;
/** Most DIFE or VIFE in one record. M-Bus documentation 4.8, 6.3.2 */
const MAX_EXTENSIONS = 10;

const MANUFACTURER_DATA = 0x0f;
const MORE_FOLLOW = 0x1f;
const FILLER = 0x2f;
const SPECIAL = 0x0f;

/** VIF whose unit is the text that follows it. */
export const TEXT_VIF = 0x7c;

/** @returns undefined if a record ends before it should, or has what cannot be */
export function readRecords(data: Buffer): Records | undefined {
  const cursor = new Cursor(data);
  const records: DataRecord[] = [];
  while (!cursor.isAtEnd) {
    const dif = cursor.byte();
    if (dif === FILLER) continue;
    if (dif === MANUFACTURER_DATA || dif === MORE_FOLLOW)
      return { records, manufacturerData: cursor.rest(), moreFollow: dif === MORE_FOLLOW };
    if ((dif & SPECIAL) === SPECIAL) return undefined;
    const record = readRecord(dif, cursor);
    if (!record) return undefined;
    records.push(record);
  }
  return { records, moreFollow: false };
}

/** dif [dife…] vif [length text] [vife…] [lvar] content */
function readRecord(dif: number, cursor: Cursor): DataRecord | undefined {
  const difes = cursor.extensions(dif);
  const vif = cursor.byte();
  const unitText = (vif & ~MORE) === TEXT_VIF ? textOf(cursor.take(cursor.byte())) : undefined;
  const vifes = cursor.extensions(vif);
  const variable = (dif & SPECIAL) === VARIABLE ? cursor.byte() : undefined;
  const bytes = variable === undefined ? CONTENT_BYTES[dif & SPECIAL] : variableBytes(variable);
  if (bytes === undefined) return undefined;
  const content = cursor.take(bytes);
  if (cursor.isBroken) return undefined;
  return {
    dif,
    vif,
    vifes,
    ...(unitText === undefined ? {} : { unitText }),
    statistic: STATISTICS[(dif >> 4) & 3] ?? "instantaneous",
    ...placeOf(dif, difes),
    ...(variable === undefined ? {} : { variable }),
    content,
  };
}

/** Storage number, tariff and subunit are spread over the DIF and its extensions, lowest bits first. */
function placeOf(dif: number, difes: readonly number[]): Pick<DataRecord, "storage" | "tariff" | "subunit"> {
  let storage = (dif >> 6) & 1;
  let tariff = 0;
  let subunit = 0;
  for (const [index, dife] of difes.entries()) {
    storage += (dife & 0x0f) * 2 ** (1 + 4 * index);
    tariff += ((dife >> 4) & 3) * 2 ** (2 * index);
    subunit += ((dife >> 6) & 1) * 2 ** index;
  }
  return { storage, tariff, subunit };
}

/** Text, BCD, binary. M-Bus documentation 4.8, 6.3.2. @returns undefined for what is reserved */
function variableBytes(lvar: number): number | undefined {
  if (lvar < 0xc0) return lvar;
  if (lvar <= 0xc9) return lvar - 0xc0;
  if (lvar >= 0xd0 && lvar <= 0xd9) return lvar - 0xd0;
  if (lvar >= 0xe0 && lvar <= 0xef) return lvar - 0xe0;
  if (lvar >= 0xf0 && lvar <= 0xf4) return 4 * (lvar - 0xec);
  if (lvar === 0xf5) return 48;
  return lvar === 0xf6 ? 64 : undefined;
}

/** Texts are sent last character first, in ISO 8859-1. */
export function textOf(bytes: Buffer): string {
  return Buffer.from(bytes).reverse().toString("latin1");
}

/** Reads on from byte to byte; past the end it gives nothing and is broken. */
class Cursor {
  readonly #data: Buffer;
  #at = 0;
  isBroken = false;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#data.length;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  take(bytes: number): Buffer {
    const taken = this.#data.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    if (taken.length < bytes) this.isBroken = true;
    return taken;
  }

  rest(): Buffer {
    return this.take(this.#data.length - this.#at);
  }

  /** The bytes that follow as long as the top bit says so. */
  extensions(first: number): number[] {
    const found: number[] = [];
    for (let last = first; last & MORE;) {
      if (found.length === MAX_EXTENSIONS) this.isBroken = true;
      if (this.isBroken) break;
      last = this.byte();
      found.push(last);
    }
    return found;
  }
}
