import type { Values } from "../../src/message/index.ts";
import { FAULTS } from "./faults.table.ts";
import { COMMANDS } from "./protocol.ts";

export const MAX_CELLS = 48;
export const MAX_SENSORS = 16;
/** So that a byte holds temperatures below zero as well. */
const ZERO_CELSIUS = 40;
const ZERO_AMPERES_DA = 30_000;
const FULL_PER_MILLE = 1_000;

const STATES = ["stationary", "charging", "discharging"] as const;

/** The data of answers that are one frame each. Bytes that are not used hold what was there before, and are not looked at. Daly protocol, commands 90 to 98. */
const DECODERS: Readonly<Record<number, (data: Buffer) => Values | undefined>> = {
  [COMMANDS.pack]: (data) => {
    const perMille = data.readUInt16BE(6);
    if (perMille > FULL_PER_MILLE) return undefined;
    return {
      voltage: data.readUInt16BE(0) / 10,
      acquisition_voltage: data.readUInt16BE(2) / 10,
      current: (data.readUInt16BE(4) - ZERO_AMPERES_DA) / 10,
      state_of_charge: perMille / 10,
    };
  },
  [COMMANDS.cellExtremes]: (data) => ({
    highest_cell_voltage: data.readUInt16BE(0) / 1_000,
    highest_cell: data.readUInt8(2),
    lowest_cell_voltage: data.readUInt16BE(3) / 1_000,
    lowest_cell: data.readUInt8(5),
  }),
  [COMMANDS.temperatureExtremes]: (data) => ({
    highest_temperature: data.readUInt8(0) - ZERO_CELSIUS,
    warmest_sensor: data.readUInt8(1),
    lowest_temperature: data.readUInt8(2) - ZERO_CELSIUS,
    coldest_sensor: data.readUInt8(3),
  }),
  [COMMANDS.mosfets]: (data) => ({
    state: STATES[data.readUInt8(0)] ?? null,
    charge_mosfet: data[1] !== 0,
    discharge_mosfet: data[2] !== 0,
    life: data.readUInt8(3),
    remaining_capacity: data.readUInt32BE(4) / 1_000,
  }),
  [COMMANDS.status]: (data) => {
    const [cells = 0, sensors = 0, charger, load, io = 0] = data;
    if (cells === 0 || cells > MAX_CELLS || sensors > MAX_SENSORS) return undefined;
    return {
      cells,
      temperature_sensors: sensors,
      charger_connected: charger !== 0,
      load_connected: load !== 0,
      io_bits: io,
      cycles: data.readUInt16BE(5),
    };
  },
  [COMMANDS.balance]: (data) => {
    const bits = data.readUIntLE(0, MAX_CELLS / 8);
    return { balancing: bits !== 0, balance_bits: bits };
  },
  [COMMANDS.faults]: (data) => ({
    faults: FAULTS.flatMap((names, byte) => names.filter((_, bit) => (data[byte] ?? 0) & (1 << bit))).join(
      ",",
    ),
    fault_bits: data.toString("hex", 0, FAULTS.length),
  }),
};

/** @returns null if this is not an answer of one frame, undefined if its data cannot be */
export function readingOf(command: number, data: Buffer): Values | null | undefined {
  const decode = DECODERS[command];
  return decode ? decode(data) : null;
}

/** Number and values of one frame of several. */
export interface Part {
  readonly number: number;
  readonly values: readonly number[];
}

/** mV of three cells. */
export function cellsPart(data: Buffer): Part {
  return { number: data.readUInt8(0), values: [1, 3, 5].map((at) => data.readUInt16BE(at)) };
}

/** Cel of seven thermometers. */
export function temperaturesPart(data: Buffer): Part {
  return { number: data.readUInt8(0), values: [...data.subarray(1)].map((byte) => byte - ZERO_CELSIUS) };
}

export function cellVoltages(millivolts: readonly number[]): Values {
  return numbered(
    "cell_voltage",
    millivolts.map((mv) => mv / 1_000),
  );
}

export function temperatures(celsius: readonly number[]): Values {
  return numbered("temperature", celsius);
}

function numbered(name: string, values: readonly number[]): Values {
  return Object.fromEntries(values.map((value, index) => [`${name}_${index + 1}`, value]));
}
