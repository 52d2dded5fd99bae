import type { Value } from "../../src/message/index.ts";
import type { MetricName } from "./metrics.table.ts";

/** One value in a telegram's payload. Bits are counted from the highest of the first byte on, as the profiles do. */
export interface Field {
  readonly metric: MetricName;
  readonly bit: number;
  readonly bits: number;
  /** @returns null if these bits mean that there is no value */
  read(raw: number): Value;
  /** Bits that mean something, for a simulator. @param share from 0 to 1 */
  typical(share: number): number;
  /** A bit that must be as said for the value to be there. */
  readonly if?: Condition;
}

interface Condition {
  readonly bit: number;
  readonly is: 0 | 1;
}

type Range = readonly [first: number, last: number];

/** From one range of raw numbers onto one of values; what is outside the first is reserved, and null. */
export function linear(
  metric: MetricName,
  [bit, bits]: readonly [number, number],
  [rawFirst, rawLast]: Range,
  [first, last]: Range,
  digits: number,
  condition?: Condition,
): Field {
  const scale = 10 ** digits;
  const low = Math.min(rawFirst, rawLast);
  const high = Math.max(rawFirst, rawLast);
  return {
    metric,
    bit,
    bits,
    read: (raw) => {
      if (raw < low || raw > high) return null;
      const value = first + ((raw - rawFirst) * (last - first)) / (rawLast - rawFirst);
      // Adding 0 makes 0 of -0.
      return Math.round(value * scale) / scale + 0;
    },
    typical: (share) => Math.round(low + (0.4 + 0.2 * share) * (high - low)),
    ...(condition ? { if: condition } : {}),
  };
}

/** One bit. @param whenTrue what it is when the value is true */
export function flag(metric: MetricName, bit: number, whenTrue: 0 | 1): Field {
  return {
    metric,
    bit,
    bits: 1,
    read: (raw) => raw === whenTrue,
    typical: (share) => (share < 0.5 ? 0 : 1),
  };
}

export function bitsOf(payload: Uint8Array, bit: number, bits: number): number {
  let value = 0;
  for (let at = bit; at < bit + bits; at++)
    value = value * 2 + (((payload[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
  return value;
}

export function setBits(payload: Uint8Array, bit: number, bits: number, value: number): void {
  for (let index = 0; index < bits; index++) {
    const at = bit + bits - 1 - index;
    const mask = 1 << (7 - (at & 7));
    const isSet = Math.floor(value / 2 ** index) % 2 === 1;
    payload[at >> 3] = isSet ? (payload[at >> 3] ?? 0) | mask : (payload[at >> 3] ?? 0) & ~mask;
  }
}

/** Undefined where the field does not apply to this telegram, null where it has no value. */
export function readField(field: Field, payload: Uint8Array): Value {
  if (field.if && bitsOf(payload, field.if.bit, 1) !== field.if.is) return null;
  return field.read(bitsOf(payload, field.bit, field.bits));
}
