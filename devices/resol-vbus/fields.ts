import type { Metric, Value } from "../../src/message/index.ts";

/** One value in a payload. */
export interface Field {
  readonly name: string;
  /** Where it begins, and how many bytes it has. */
  readonly at: number;
  readonly bytes: number;
  readonly metric: Metric;
  read(payload: Buffer): Value;
}

/** A sensor whose line is broken reads 888.8, one that is short-circuited -888.8, in the units of its field. */
const BROKEN = 8_888;
/** The ends of the range: nothing is connected there. */
const NO_INT16 = new Set([BROKEN, -BROKEN, 0x7fff, -0x8000]);

/** 0.1 Cel. */
export function temperature(name: string, at: number): Field {
  return int16(name, at, { type: "number", unit: "Cel" }, (raw) => raw / 10);
}

/** Sensors 1, 2, … one after the other. */
export function temperatures(count: number, at: number, first = 1): Field[] {
  return Array.from({ length: count }, (_, i) => temperature(`temperature_${first + i}`, at + 2 * i));
}

/** Speed of pumps or state of relays, one byte each; 100 % is fully on. */
export function pumps(count: number, at: number): Field[] {
  return Array.from({ length: count }, (_, i) =>
    percent(`pump_${i + 1}`, at + i, "speed of a pump or relay"),
  );
}

export function percent(name: string, at: number, description = "control output"): Field {
  return {
    name,
    at,
    bytes: 1,
    metric: { type: "integer", unit: "%", description },
    // More than 100 % is no speed: some controllers put FF where there is no such relay.
    read: (payload) => ((payload[at] ?? 0) <= 100 ? (payload[at] ?? 0) : null),
  };
}

export function pressure(name: string, at: number, perBar: 10 | 100): Field {
  return int16(name, at, { type: "number", unit: "bar" }, (raw) => raw / perBar);
}

export function irradiance(name: string, at: number): Field {
  return int16(name, at, { type: "integer", unit: "W/m2", description: "of the sun" }, (raw) => raw);
}

export function flow(name: string, at: number, bytes: 2 | 4 = 4): Field {
  const metric: Metric = { type: "integer", unit: "l/h", description: "of water or glycol" };
  return bytes === 2 ? int16(name, at, metric, (raw) => raw) : int32(name, at, metric);
}

/** Wh. */
export function heat(at: number, name = "heat"): Field {
  return uint32(name, at, { type: "integer", unit: "W.h", description: "heat that was counted" });
}

/** Wh, with the thousands of millions in a number of their own, which older software does not send. */
export function longHeat(at: number, billionsAt: number): Field {
  const low = heat(at);
  const read = (payload: Buffer): Value =>
    payload.readUInt32LE(at) +
    (payload.length >= billionsAt + 4 ? payload.readUInt32LE(billionsAt) * 1_000_000_000 : 0);
  return { ...low, read };
}

/** Older controllers count Wh, kWh and MWh in a word each. */
export function splitHeat(at: number, name = "heat"): Field {
  return {
    name,
    at,
    bytes: 6,
    metric: { type: "integer", unit: "W.h", description: "heat that was counted" },
    read: (payload) =>
      payload.readUInt16LE(at) +
      payload.readUInt16LE(at + 2) * 1_000 +
      payload.readUInt16LE(at + 4) * 1_000_000,
  };
}

/** Hours are told in seconds, as other controllers have them. */
export function hours(relay: number, at: number, bytes: 2 | 4 = 2): Field {
  return {
    name: `operating_time_${relay}`,
    at,
    bytes,
    metric: { type: "integer", unit: "s", description: "that a relay was on" },
    read: (payload) => payload.readUIntLE(at, bytes) * 3_600,
  };
}

export function seconds(count: number, at: number): Field[] {
  return Array.from({ length: count }, (_, i) =>
    uint32(`operating_time_${i + 1}`, at + 4 * i, {
      type: "integer",
      unit: "s",
      description: "that a relay was on",
    }),
  );
}

export function bits(name: string, at: number, bytes: 1 | 2 | 4): Field {
  const metric: Metric = { type: "integer", description: "as the controller sends them; 0 if there is none" };
  return { name, at, bytes, metric, read: (payload) => payload.readUIntLE(at, bytes) };
}

/** A number in hundredths: 1.03. */
export function version(at: number): Field {
  return {
    name: "version",
    at,
    bytes: 2,
    metric: { type: "text", description: "of the controller's software" },
    read: (payload) => (payload.readUInt16LE(at) / 100).toFixed(2),
  };
}

export function power(at: number): Field {
  return uint32("power", at, { type: "integer", unit: "W", description: "of the heat that flows" });
}

export function volume(at: number, name = "volume"): Field {
  return uint32(name, at, { type: "integer", unit: "l", description: "that was counted" });
}

/** A signed number of 32 bits as it is. */
export function int32(name: string, at: number, metric: Metric): Field {
  return { name, at, bytes: 4, metric, read: (payload) => payload.readInt32LE(at) };
}

/** A signed number in thousandths. */
export function milli(name: string, at: number, unit: string): Field {
  const read = (payload: Buffer): number => payload.readInt32LE(at) / 1_000;
  return { name, at, bytes: 4, metric: { type: "number", unit }, read };
}

export function uint32(name: string, at: number, metric: Metric): Field {
  return { name, at, bytes: 4, metric, read: (payload) => payload.readUInt32LE(at) };
}

function int16(name: string, at: number, metric: Metric, scaled: (raw: number) => number): Field {
  const read = (payload: Buffer): Value => {
    const raw = payload.readInt16LE(at);
    return NO_INT16.has(raw) ? null : scaled(raw);
  };
  return { name, at, bytes: 2, metric, read };
}

/** The same fields of a part of the controller, such as its second heat meter. */
export function prefixed(prefix: string, fields: readonly Field[]): Field[] {
  return fields.map((field) => ({ ...field, name: `${prefix}_${field.name}` }));
}
