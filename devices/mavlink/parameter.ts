import type { Fields } from "./fields.ts";

/** MAV_AUTOPILOT_PX4. */
const PX4 = 12;

/**
 * Every parameter travels in a float: ArduPilot writes an integer's value into it, PX4 the integer's bytes. MAVLink developer guide,
 * "Parameter protocol", parameter encoding. MAV_PARAM_TYPE tells what it is.
 */
const BYTEWISE: Readonly<Record<number, (bytes: Buffer) => number>> = {
  1: (bytes) => bytes.readUInt8(0),
  2: (bytes) => bytes.readInt8(0),
  3: (bytes) => bytes.readUInt16LE(0),
  4: (bytes) => bytes.readInt16LE(0),
  5: (bytes) => bytes.readUInt32LE(0),
  6: (bytes) => bytes.readInt32LE(0),
};

export function parameterValueOf(fields: Fields, autopilot: number): number | null {
  const asInteger = BYTEWISE[fields.number("param_type")];
  if (autopilot !== PX4 || !asInteger) return fields.scaled("param_value");
  return asInteger(fields.raw("param_value"));
}
