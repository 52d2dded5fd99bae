import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import { hasUnsignedPower } from "./dzg.ts";
import type { Entry, ValueList } from "./messages.ts";
import { MANUFACTURERS, METER_METRICS, PUBLIC_KEY, REGISTERS, SERVER_IDS, UNITS } from "./metrics.table.ts";

const NO_UNIT = 255;
const ANY_F = 255;
const POWER = "1-0:16.7.0";

export interface Reading {
  readonly values: Values;
  /** What the values are, except those of {@link METER_METRICS}. */
  readonly metrics: Metrics;
}

/** A list of values as a reading. Registers that are known have names, others that of their OBIS code. */
export function readingOf(list: ValueList): Reading {
  const values: Record<string, Value> = { server_id: serverIdOf(list) };
  const metrics: Record<string, Metric> = {};
  const isUnsigned = hasUnsignedPower(values["server_id"]);
  for (const entry of list.entries) {
    const code = obisOf(entry.obis);
    if (entry.status !== null) values["status"] ??= safeOrNull(entry.status);
    if (code === PUBLIC_KEY || SERVER_IDS.has(code)) continue;
    if (MANUFACTURERS.has(code)) {
      values["manufacturer"] = octetsOf(entry);
      continue;
    }
    const value = valueOf(entry, isUnsigned && code === POWER);
    const [name, metric] = REGISTERS.get(code) ?? [nameOf(code), undefined];
    values[name] = value;
    // Of an unknown register without a value it does not show what it is.
    if (metric || value !== null) metrics[name] = metricOf(entry, value, metric);
  }
  if (list.sensorTime !== null) values["sensor_time"] = list.sensorTime.value;
  return { values, metrics };
}

/** The meter's number: in the list itself, or in an entry where that is left out. */
function serverIdOf({ serverId, entries }: ValueList): string | null {
  const entry = entries.find(({ obis }) => SERVER_IDS.has(obisOf(obis)));
  const octets = Buffer.isBuffer(entry?.value) ? entry.value : serverId;
  return octets?.toString("hex") ?? null;
}

/** `A-B:C.D.E*F`, without F where it says nothing. */
export function obisOf(obis: Buffer): string {
  const [a, b, c, d, e, f] = obis;
  return `${a}-${b}:${c}.${d}.${e}${f === ANY_F ? "" : `*${f}`}`;
}

/** As a name may be: 1-0:96.5.5*1 is 1-0_96.5.5_1. */
function nameOf(code: string): string {
  return code.replaceAll(/[:*]/g, "_");
}

export function valueOf({ value, scaler }: Entry, isUnsigned = false): Value {
  if (value === null || typeof value === "boolean") return value;
  if (Buffer.isBuffer(value)) return textOf(value);
  const raw = isUnsigned && value.bytes < 4 ? BigInt.asUintN(8 * value.bytes, value.value) : value.value;
  // Decimal text, so that it is rounded once; adding 0 makes -0 a plain 0.
  return Number(`${raw}e${scaler}`) + 0;
}

function octetsOf({ value }: Entry): string | null {
  return Buffer.isBuffer(value) ? textOf(value) : null;
}

/** Text where it is one, otherwise hex. */
function textOf(octets: Buffer): string {
  const isText = octets.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? octets.toString("latin1").trim() : octets.toString("hex");
}

/** The unit is what the entry says; only where it says none it is what such registers have. */
function metricOf({ unit }: Entry, value: Value, known: Metric | undefined): Metric {
  const type = value === null && known ? known.type : typeOf(value);
  const sent = unit === null || unit === NO_UNIT ? undefined : (UNITS[unit] ?? `{dlms_${unit}}`);
  if (known) return { ...known, type, ...(sent === undefined ? {} : { unit: sent }) };
  return { type, ...(sent === undefined ? {} : { unit: sent }) };
}

function typeOf(value: Value): Metric["type"] {
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "boolean" : "number";
}

/** A status of more bits than a number can hold is not told. */
function safeOrNull(value: bigint): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** What every list may have, and the registers that nearly every meter has. */
export const USUAL_METRICS: Metrics = {
  ...METER_METRICS,
  ...Object.fromEntries(
    ["1-0:1.8.0", "1-0:2.8.0", POWER].flatMap((code) => {
      const register = REGISTERS.get(code);
      return register ? [register] : [];
    }),
  ),
};
