import type { Value, Values } from "../../../src/message/index.ts";

type Fields = Readonly<Record<string, unknown>>;

const number = (fields: Fields, name: string): number => fields[name] as number;
/** Theirs by so many steps for one of our units. */
const per = (fields: Fields, name: string, perUnit: number): number => number(fields, name) / perUnit;
const bit = (fields: Fields, name: string, at: number): boolean => ((number(fields, name) >> at) & 1) === 1;
const accuracy = (fields: Fields, name: string, perUnit: number): number | null =>
  number(fields, name) === 0xffff_ffff ? null : per(fields, name, perUnit);
/** In tenths of mm, which they give in mm with the noise of binary fractions. */
const tenths = (fields: Fields, name: string): number => Math.round(number(fields, name) * 10) / 10_000;
const hasPosition = (fix: number): boolean => fix > 0;

function nulls<T extends Values>(values: T, isValid: boolean): Values {
  return isValid
    ? values
    : Object.fromEntries(Object.keys(values).map((name): [string, Value] => [name, null]));
}

/** A second that was rounded, and what it was rounded by. @returns to the nanosecond */
function exactTime(utc: unknown, nano: number): string | null {
  if (typeof utc !== "string") return null;
  const second = Date.parse(`${utc}Z`) - (nano < 0 ? 1_000 : 0);
  const rest = nano < 0 ? 1_000_000_000 + nano : nano;
  return `${new Date(second).toISOString().slice(0, 19)}.${String(rest).padStart(9, "0")}Z`;
}

/** The expectation's own fields as our metrics. Without a fix we give no position, whatever the message says. */
export const WANTED: Readonly<Record<string, (fields: Fields) => Values>> = {
  "NAV-PVT": (f) => {
    const valid = bit(f, "flags", 0) && hasPosition(number(f, "fixType"));
    const hasTime = bit(f, "valid", 0) && bit(f, "valid", 1);
    return {
      valid,
      utc: hasTime ? exactTime(f["utc"], number(f, "nano")) : null,
      time_of_week: per(f, "iTOW", 1_000),
      time_accuracy: accuracy(f, "tAcc_ns", 1e9),
      fix_type: number(f, "fixType"),
      differential: bit(f, "flags", 1),
      carrier: number(f, "flags") >> 6,
      satellites: number(f, "numSV"),
      horizontal_accuracy: accuracy(f, "hAcc_mm", 1_000),
      vertical_accuracy: accuracy(f, "vAcc_mm", 1_000),
      speed_accuracy: accuracy(f, "sAcc_mm_s", 1_000),
      course_accuracy: number(f, "headAcc"),
      pdop: number(f, "pDOP"),
      ...nulls(
        {
          latitude: number(f, "lat"),
          longitude: number(f, "lon"),
          altitude: per(f, "hMSL_mm", 1_000),
          ellipsoid_height: per(f, "height_mm", 1_000),
          velocity_north: per(f, "velN_mm_s", 1_000),
          velocity_east: per(f, "velE_mm_s", 1_000),
          velocity_down: per(f, "velD_mm_s", 1_000),
          speed: per(f, "gSpeed_mm_s", 1_000),
          course: number(f, "headMot"),
        },
        valid,
      ),
    };
  },
  "NAV-POSLLH": (f) => ({
    time_of_week: per(f, "iTOW", 1_000),
    latitude: number(f, "lat"),
    longitude: number(f, "lon"),
    altitude: per(f, "hMSL_mm", 1_000),
    ellipsoid_height: per(f, "height_mm", 1_000),
    horizontal_accuracy: accuracy(f, "hAcc_mm", 1_000),
    vertical_accuracy: accuracy(f, "vAcc_mm", 1_000),
  }),
  "NAV-HPPOSLLH": (f) => {
    const valid = number(f, "invalid") === 0;
    return {
      valid,
      time_of_week: per(f, "iTOW", 1_000),
      horizontal_accuracy: tenths(f, "hAcc_mm"),
      vertical_accuracy: tenths(f, "vAcc_mm"),
      ...nulls(
        {
          latitude: number(f, "lat"),
          longitude: number(f, "lon"),
          altitude: tenths(f, "hMSL_mm"),
          ellipsoid_height: tenths(f, "height_mm"),
        },
        valid,
      ),
    };
  },
  "NAV-STATUS": (f) => ({
    valid: bit(f, "flags", 0) && hasPosition(number(f, "gpsFix")),
    time_of_week: per(f, "iTOW", 1_000),
    fix_type: number(f, "gpsFix"),
    differential: bit(f, "flags", 1),
    carrier: number(f, "flags2") >> 6,
    spoofing: (number(f, "flags2") >> 3) & 3,
    time_to_first_fix: per(f, "ttff_ms", 1_000),
    uptime: per(f, "msss_ms", 1_000),
  }),
  "NAV-DOP": (f) => ({
    time_of_week: per(f, "iTOW", 1_000),
    ...Object.fromEntries(
      ["g", "p", "t", "v", "h", "n", "e"].map((of) => [`${of}dop`, number(f, `${of}DOP`)]),
    ),
  }),
  "NAV-SOL": (f) => {
    const valid = bit(f, "flags", 0) && hasPosition(number(f, "gpsFix"));
    return {
      valid,
      time_of_week: per(f, "iTOW", 1_000),
      gps_week: bit(f, "flags", 2) ? number(f, "week") : null,
      fix_type: number(f, "gpsFix"),
      differential: bit(f, "flags", 1),
      position_accuracy: accuracy(f, "pAcc_cm", 100),
      speed_accuracy: accuracy(f, "sAcc_cm_s", 100),
      pdop: number(f, "pDOP"),
      satellites: number(f, "numSV"),
      ...nulls(
        {
          ecef_x: per(f, "ecefX_cm", 100),
          ecef_y: per(f, "ecefY_cm", 100),
          ecef_z: per(f, "ecefZ_cm", 100),
          ecef_velocity_x: per(f, "ecefVX_cm_s", 100),
          ecef_velocity_y: per(f, "ecefVY_cm_s", 100),
          ecef_velocity_z: per(f, "ecefVZ_cm_s", 100),
        },
        valid,
      ),
    };
  },
  "NAV-VELNED": (f) => ({
    time_of_week: per(f, "iTOW", 1_000),
    velocity_north: per(f, "velN_cm_s", 100),
    velocity_east: per(f, "velE_cm_s", 100),
    velocity_down: per(f, "velD_cm_s", 100),
    speed: per(f, "gSpeed_cm_s", 100),
    course: number(f, "heading"),
    speed_accuracy: accuracy(f, "sAcc_cm_s", 100),
    course_accuracy: number(f, "cAcc"),
  }),
  "NAV-TIMEGPS": (f) => ({
    time_of_week: per(f, "iTOW", 1_000),
    gps_week: bit(f, "valid", 1) ? number(f, "week") : null,
    leap_seconds: bit(f, "valid", 2) ? number(f, "leapS") : null,
    time_accuracy: accuracy(f, "tAcc_ns", 1e9),
  }),
  "NAV-TIMEUTC": (f) => ({
    utc: bit(f, "valid", 2) ? exactTime(f["utc"], number(f, "nano")) : null,
    time_of_week: per(f, "iTOW", 1_000),
    time_accuracy: accuracy(f, "tAcc_ns", 1e9),
  }),
  "NAV-SAT": (f) => {
    const satellites = f["sats"] as readonly { readonly cno: number; readonly used: boolean }[];
    const strongest = Math.max(0, ...satellites.map(({ cno }) => cno));
    return {
      time_of_week: per(f, "iTOW", 1_000),
      satellites_in_view: number(f, "numSvs"),
      satellites: satellites.filter(({ used }) => used).length,
      signal: strongest === 0 ? null : strongest,
    };
  },
};
