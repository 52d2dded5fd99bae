import type { Value, Values } from "../../src/message/index.ts";
import { PROTECTIONS } from "./protections.table.ts";

/** Bytes of register 03 before the thermometers. */
const FIXED_BYTES = 23;
/** After the thermometers, on newer BMSs: humidity u8, alarms u16, full capacity, remaining capacity, balance current. */
const TAIL = { fullCapacity: 3, remainingCapacity: 5, bytes: 7 } as const;
const ZERO_CELSIUS_DK = 2731;

/** Register 03, "Basic Info" in the JBD register map. @returns undefined if the data are shorter than they say */
export function basicInfo(data: Buffer): Values | undefined {
  const sensors = data[22] ?? 0;
  const end = FIXED_BYTES + 2 * sensors;
  if (data.length < end) return undefined;
  const balanceBits = data.readUInt16BE(12) + data.readUInt16BE(14) * 0x10000;
  const protectionBits = data.readUInt16BE(16);
  const mosfets = data[20] ?? 0;
  return {
    voltage: data.readUInt16BE(0) / 100,
    current: data.readInt16BE(2) / 100,
    remaining_capacity: data.readUInt16BE(4) / 100,
    nominal_capacity: data.readUInt16BE(6) / 100,
    cycles: data.readUInt16BE(8),
    production_date: dateOf(data.readUInt16BE(10)),
    balancing: balanceBits !== 0,
    balance_bits: balanceBits,
    protections: PROTECTIONS.filter((_, bit) => protectionBits & (1 << bit)).join(","),
    protection_bits: protectionBits,
    version: `${(data[18] ?? 0) >> 4}.${(data[18] ?? 0) & 0x0f}`,
    state_of_charge: data[19] ?? null,
    charge_mosfet: (mosfets & 1) !== 0,
    discharge_mosfet: (mosfets & 2) !== 0,
    cells: data[21] ?? null,
    temperature_sensors: sensors,
    ...numbered("temperature", sensors, (index) => celsius(data.readUInt16BE(FIXED_BYTES + 2 * index))),
    ...tailOf(data.subarray(end), data.readUInt16BE(4)),
  };
}

/** Register 04, "Cell voltages". @returns undefined if there is half a cell, or none */
export function cellVoltages(data: Buffer): Values | undefined {
  if (data.length === 0 || data.length % 2 !== 0) return undefined;
  return numbered("cell_voltage", data.length / 2, (index) => data.readUInt16BE(2 * index) / 1_000);
}

/** Register 05, "Device Name": ASCII, from some BMSs with its length before it or zeros after it. @returns undefined if it is no text */
export function model(data: Buffer): Values | undefined {
  const start = data.length > 1 && data[0] === data.length - 1 ? 1 : 0;
  const text = data.toString("latin1", start).replace(/[\0 ]+$/, "");
  return /^[ -~]+$/.test(text) ? { model: text } : undefined;
}

/** Year since 2000 in 7 bits, month in 4, day in 5. A BMS that was never told has zeros. */
function dateOf(word: number): string | null {
  const month = (word >> 5) & 0x0f;
  const day = word & 0x1f;
  if (month === 0 || month > 12 || day === 0) return null;
  return `${2000 + (word >> 9)}-${two(month)}-${two(day)}`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** 0.1 K above absolute zero. 0 and FFFF are no temperatures: nothing is connected there. */
function celsius(word: number): number | null {
  return word === 0 || word === 0xffff ? null : (word - ZERO_CELSIUS_DK) / 10;
}

/** The document does not have the tail, so it is believed only where its copy of the remaining capacity agrees. */
function tailOf(tail: Buffer, remaining: number): Values {
  if (tail.length < TAIL.bytes || tail.readUInt16BE(TAIL.remainingCapacity) !== remaining) return {};
  return { full_capacity: tail.readUInt16BE(TAIL.fullCapacity) / 100 };
}

function numbered(name: string, count: number, valueAt: (index: number) => Value): Values {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${name}_${index + 1}`, valueAt(index)]),
  );
}
