import { scaled } from "./content.ts";
import { UNITS } from "./fixed-units.table.ts";
import type { RecordValue } from "./values.ts";

/** Fixed data: two counters, as the oldest meters send them. EN 1434-3; M-Bus documentation 4.8, 6.2. */
export interface Fixed {
  readonly id: string;
  readonly accessNumber: number;
  readonly status: number;
  readonly mediumCode: number;
  readonly counters: readonly [FixedCounter, FixedCounter];
}

export interface FixedCounter {
  /** Code of the unit; see `fixed-units.table.ts`. */
  readonly unit: number;
  /** Null if there are letters where digits should be. */
  readonly count: number | null;
}

const FIXED_BYTES = 16;

const BINARY = 0x80;
/** The counters are those of the due day, not of now. */
const STORED = 0x40;
/** "The same, but historic": the unit is that of the first counter. */
const HISTORIC = 0x3e;

/** @returns undefined if it is not as long as it must be */
export function readFixed(data: Buffer): Fixed | undefined {
  if (data.length !== FIXED_BYTES) return undefined;
  const [first = 0, second = 0] = data.subarray(6, 8);
  const status = data[5] ?? 0;
  const counter = (unit: number, at: number): FixedCounter => ({
    unit: unit & 0x3f,
    count: countOf(data.subarray(at, at + 4), (status & BINARY) !== 0),
  });
  return {
    id: Buffer.from(data.subarray(0, 4)).reverse().toString("hex").toUpperCase(),
    accessNumber: data[4] ?? 0,
    status,
    mediumCode: (first >> 6) | ((second >> 6) << 2),
    counters: [counter(first, 8), counter(second, 12)],
  };
}

function countOf(bytes: Buffer, isBinary: boolean): number | null {
  if (isBinary) return bytes.readUInt32LE(0);
  const digits = Buffer.from(bytes).reverse().toString("hex");
  return /^\d+$/.test(digits) ? Number(digits) : null;
}

/** Both counters by the name of their quantity; the second may be the due day's value of the first. */
export function fixedValues({ counters: [first, second], status }: Fixed): RecordValue[] {
  const isHistoric = second.unit === HISTORIC;
  const stored = (status & STORED) !== 0 ? "_s1" : "";
  return [
    valueOf(first, first.unit, stored),
    valueOf(second, isHistoric ? first.unit : second.unit, isHistoric ? "_s1" : stored),
  ];
}

function valueOf({ count }: FixedCounter, code: number, suffix: string): RecordValue {
  const unit = UNITS[code];
  return {
    name: `${unit?.name ?? "counter"}${suffix}`,
    unit: unit?.unit,
    isDate: false,
    value: count === null ? null : scaled(String(count), unit?.exponent ?? 0),
  };
}
