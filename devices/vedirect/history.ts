import type { Metric, Value, Values } from "../../src/message/index.ts";

/** Of a history record, which register of a charger holds which day's: 0x1050 is today. BlueSolar HEX protocol, "History". */
export const HISTORY_REGISTER = 0x1050;
export const HISTORY_DAYS = 31;
const RECORD_BYTES = 34;

interface RecordField {
  readonly at: number;
  readonly size: 2 | 4;
  readonly divisor: number;
  readonly metric: Metric;
}

function field(at: number, size: 2 | 4, divisor: number, unit: string, description: string): RecordField {
  return { at, size, divisor, metric: { type: divisor === 1 ? "integer" : "number", unit, description } };
}

/** A day in a charger's history. Yield, power and number of the day have the names that they have in text blocks. */
export const HISTORY: Readonly<Record<string, RecordField>> = {
  yield_today: field(1, 4, 100, "kW.h", "of the solar panels"),
  consumed_today: field(5, 4, 100, "kW.h", "by the load output"),
  max_voltage_today: field(9, 2, 100, "V", "of the battery"),
  min_voltage_today: field(11, 2, 100, "V", "of the battery"),
  bulk_today: field(18, 2, 1, "min", "time in bulk"),
  absorption_today: field(20, 2, 1, "min", "time in absorption"),
  float_today: field(22, 2, 1, "min", "time in float"),
  max_power_today: field(24, 4, 1, "W", "of the solar panels"),
  max_current_today: field(28, 2, 10, "A", "into the battery"),
  max_panel_voltage_today: field(30, 2, 100, "V", "of the solar panels"),
};
/** The day's number, which has no unit. */
const DAY_AT = 32;

/** @returns undefined if it is no record; all values are null for a day that there was none of */
export function historyOf(record: Buffer): Values | undefined {
  if (record.length !== RECORD_BYTES) return undefined;
  const values: Record<string, Value> = {};
  for (const [name, { at, size, divisor }] of Object.entries(HISTORY)) {
    const value = record.readUIntLE(at, size);
    values[name] = value === 2 ** (8 * size) - 1 ? null : value / divisor;
  }
  const day = record.readUInt16LE(DAY_AT);
  return { ...values, day_sequence: day === 0xffff ? null : day };
}

/** A record as a charger sends it. @param values those of HISTORY, and `day_sequence` */
export function writeHistory(values: Readonly<Record<string, number>>): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  for (const [name, { at, size, divisor }] of Object.entries(HISTORY))
    record.writeUIntLE(Math.round((values[name] ?? 0) * divisor), at, size);
  record.writeUInt16LE(values["day_sequence"] ?? 0, DAY_AT);
  return record;
}
