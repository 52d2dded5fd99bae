import type { Value } from "../../src/message/index.ts";
import type { MetricName } from "./metrics.table.ts";

/** What follows a label's equals sign. */
export interface Label {
  readonly metric: MetricName;
  /** @returns undefined if it cannot be */
  read(text: string): Value | undefined;
}

const HEX = /^[0-9a-f]{1,8}$/i;
const DECIMAL = /^\d{1,9}$/;
/** Where the sender has no value. */
const NO_TEMPERATURE = 0x7fff;
const SIGN = 0x8000;
const KMH_PER_M_S = 3.6;
const DIGITS = 10_000;

const hexNumber = (text: string): number | undefined =>
  HEX.test(text) ? Number.parseInt(text, 16) : undefined;
const decimal = (text: string): number | undefined => (DECIMAL.test(text) ? Number(text) : undefined);

function tenths(text: string): number | undefined {
  const raw = hexNumber(text);
  return raw === undefined ? undefined : raw / 10;
}

/** A sign and 15 bits of tenths. */
function celsius(text: string): Value | undefined {
  const raw = hexNumber(text);
  if (raw === undefined || raw > 0xffff) return undefined;
  const magnitude = raw & NO_TEMPERATURE;
  if (magnitude === NO_TEMPERATURE) return null;
  // Adding 0 makes 0 of -0.
  return (raw & SIGN ? -magnitude : magnitude) / 10 + 0;
}

/** Tenths of km/h. */
function speed(text: string): number | undefined {
  const kmh = tenths(text);
  return kmh === undefined ? undefined : Math.round((kmh / KMH_PER_M_S) * DIGITS) / DIGITS;
}

/** 16 directions, decimal. Some senders have something else in it. */
function direction(text: string): Value | undefined {
  const steps = decimal(text);
  if (steps !== undefined && steps < 16) return steps * 22.5;
  return HEX.test(text) ? null : undefined;
}

function percent(text: string): Value | undefined {
  const value = decimal(text);
  return value !== undefined && value > 100 ? null : value;
}

const oneOf =
  (...names: readonly string[]) =>
  (text: string): Value | undefined => {
    const index = decimal(text);
    return index === undefined ? undefined : (names[index] ?? null);
  };
const isWord =
  (yes: string, no: string) =>
  (text: string): Value | undefined =>
    text === yes || (text === no ? false : undefined);
const asSent = (text: string): string => text;

/** RFLink Protocol Reference, data fields. */
export const LABELS: Readonly<Record<string, Label>> = {
  ID: { metric: "sender", read: (text) => (/^[0-9a-z_]{1,16}$/i.test(text) ? text : undefined) },
  SWITCH: { metric: "switch", read: asSent },
  CMD: { metric: "command", read: asSent },
  SET_LEVEL: { metric: "level", read: decimal },
  RGBW: { metric: "color", read: (text) => (HEX.test(text) ? text : undefined) },
  CHIME: { metric: "chime", read: asSent },
  BAT: { metric: "battery_low", read: isWord("LOW", "OK") },
  PIR: { metric: "motion", read: isWord("ON", "OFF") },
  SMOKEALERT: { metric: "smoke", read: isWord("ON", "OFF") },
  TEMP: { metric: "temperature", read: celsius },
  HUM: { metric: "humidity", read: percent },
  HSTATUS: { metric: "humidity_status", read: oneOf("normal", "comfort", "dry", "wet") },
  BARO: { metric: "pressure", read: hexNumber },
  BFORECAST: { metric: "forecast", read: oneOf("none", "sunny", "partly_cloudy", "cloudy", "rain") },
  RAIN: { metric: "rain_total", read: tenths },
  RAINTOT: { metric: "rain_day", read: tenths },
  RAINRATE: { metric: "rain_rate", read: tenths },
  WINSP: { metric: "wind_speed", read: speed },
  AWINSP: { metric: "wind_speed_average", read: speed },
  WINGS: { metric: "wind_gust", read: speed },
  WINDIR: { metric: "wind_direction", read: direction },
  WINCHL: { metric: "wind_chill", read: celsius },
  WINTMP: { metric: "wind_temperature", read: celsius },
  UV: { metric: "uv", read: hexNumber },
  LUX: { metric: "illuminance", read: hexNumber },
  CO2: { metric: "co2", read: decimal },
  SOUND: { metric: "sound", read: decimal },
  WATT: { metric: "power", read: hexNumber },
  KWATT: { metric: "kilowatts", read: hexNumber },
  VOLT: { metric: "voltage", read: decimal },
  CURRENT: { metric: "current", read: decimal },
  CURRENT2: { metric: "current_2", read: decimal },
  CURRENT3: { metric: "current_3", read: decimal },
  DIST: { metric: "distance", read: decimal },
  METER: { metric: "meter", read: decimal },
};
