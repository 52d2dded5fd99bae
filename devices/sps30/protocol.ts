import type { Value, Values } from "../../src/message/index.ts";
import { writeRequest, type Answer } from "./shdlc.ts";
import { ERRORS, VALUES } from "./values.table.ts";

/** Data sheet V1.0, 5.3. The address is always 0. */
export const COMMANDS = {
  start: 0x00,
  stop: 0x01,
  read: 0x03,
  sleep: 0x10,
  wake: 0x11,
  clean: 0x56,
  cleaning: 0x80,
  information: 0xd0,
  firmware: 0xd1,
  status: 0xd2,
  reset: 0xd3,
} as const;

export const ADDRESS = 0;

/** Sub-command 1, and the format: 3 is floating point, 5 is 16-bit. 5.3, "Start Measurement". */
export const START_FLOAT = [1, 3] as const;
const FLOAT_BYTES = 4;
const WORD_BYTES = 2;
/** Sizes are in nm in the 16-bit format. 5.3, "Read Measured Values". */
const NM_IN_UM = 1_000;
/** Sub-commands of the cleaning interval and of the serial number. 5.3, "Read/Write Auto Cleaning Interval" and "Device Information". */
export const INTERVAL = 0;
export const SERIAL = 3;

/** Asleep, the sensor needs an edge on its RX before it hears anything. 5.3, "Wake-up". */
export const EDGE = Buffer.from([0xff]);

/** The sensor says no because it is doing so already, or cannot now. */
export const NOT_ALLOWED = 0x43;
const ERROR_BITS = 0x7f;
/** There is an error in the status register. 5.2, "State". */
const FAULT_BIT = 0x80;

export function requestOf(command: number, data: readonly number[] = []): Buffer {
  return writeRequest({ address: ADDRESS, command, data: Buffer.from(data) });
}

/** @returns 0 if the command was carried out */
export function errorOf({ state }: Answer): number {
  return state & ERROR_BITS;
}

export function reasonOf(error: number): string {
  return ERRORS[error] ?? `error 0x${error.toString(16).padStart(2, "0")}`;
}

/** @returns the values of a measurement, or undefined if the data cannot be one */
export function readMeasurement({ state, data }: Answer): Values | undefined {
  const names = Object.keys(VALUES);
  const values: Record<string, Value> = {};
  if (data.length === names.length * FLOAT_BYTES)
    for (const [index, name] of names.entries()) values[name] = exact(data.readFloatBE(index * FLOAT_BYTES));
  else if (data.length === names.length * WORD_BYTES)
    for (const [index, name] of names.entries()) {
      const word = data.readUInt16BE(index * WORD_BYTES);
      values[name] = name === "typical_size" ? word / NM_IN_UM : word;
    }
  else return undefined;
  values["fault"] = (state & FAULT_BIT) !== 0;
  return values;
}

/** The shortest number that is this 32-bit one: 5.2347565, and not 5.234756469726562. What is no number is no value. */
export function exact(float: number): number | null {
  if (!Number.isFinite(float)) return null;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return Number(float.toPrecision(9));
}

/** Text that ends with a 0 byte. 5.3, "Device Information". */
export function readText({ data }: Answer): string {
  const end = data.indexOf(0);
  return data.toString("latin1", 0, end < 0 ? data.length : end);
}

/** Major and minor version of the firmware. 5.3, "Read Version". */
export function readFirmware({ data }: Answer): string {
  return `${data[0] ?? 0}.${data[1] ?? 0}`;
}

/** 5.3, "Read Device Status Register": the fan's speed is out of its range, the laser's current is, the fan does not turn. */
export const STATUS_BITS = { fan_speed: 21, laser: 5, fan: 4 } as const;

/** Which errors there are; true is an error. */
export function readStatus({ data }: Answer): Values | undefined {
  if (data.length < 4) return undefined;
  const register = data.readUInt32BE(0);
  return Object.fromEntries(
    Object.entries(STATUS_BITS).map(([name, bit]) => [name, (register & (1 << bit)) !== 0]),
  );
}

export function writeMeasurement(values: readonly number[]): Buffer {
  const data = Buffer.alloc(values.length * FLOAT_BYTES);
  for (const [index, value] of values.entries()) data.writeFloatBE(value, index * FLOAT_BYTES);
  return data;
}
