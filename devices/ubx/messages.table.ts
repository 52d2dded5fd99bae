import type { Value } from "../../src/message/index.ts";
import type { METRICS } from "./metrics.table.ts";
import type { Payload } from "./payload.ts";
import { isoOf, isoOfGps } from "./time.ts";

export type MessageValues = { readonly [Name in keyof typeof METRICS]?: Value };

export interface Message {
  /** Class and id as one number. */
  readonly id: number;
  /** Shorter is no such message; longer is one of newer firmware, whose further fields are not looked at. */
  readonly minBytes: number;
  /** Key of its output on I2C in CFG-VALSET; the other ports' follow. Absent in what generation 9 has no more. */
  readonly outputKey?: number;
  /** @returns undefined if a field cannot be what it is */
  decode(p: Payload): MessageValues | undefined;
}

/** A fix of the time only has a position too: that of the antenna, which the receiver was told or has surveyed. */
const NO_FIX = 0;

const MILLI = 1_000;
const CENTI = 100;
const NANO = 1_000_000_000;
/** Steps of 1e-7 degrees in a position, 1e-5 in a course. */
const POSITION = 10_000_000;
const COURSE = 100_000;

/**
 * What each message gives. Offsets as in "UBX-NAV (0x01)" of the interface descriptions of u-blox 6 to X20 (NAV-SOL and NAV-SVINFO: u-blox 6
 * to 8). Without a fix whatever stands in the fields of position and motion is null.
 */
export const MESSAGES: Readonly<Record<string, Message>> = {
  "NAV-PVT": { id: 0x0107, minBytes: 84, outputKey: 0x20910006, decode: pvt },
  "NAV-POSLLH": {
    id: 0x0102,
    minBytes: 28,
    outputKey: 0x20910029,
    decode: (p) => {
      const accuracy = p.accuracy(20, MILLI);
      // It has no flag for it: a receiver that never had a fix sends zeros and no accuracy.
      const known = accuracy !== null;
      return {
        time_of_week: p.u4(0, MILLI),
        latitude: known ? p.i4(8, POSITION) : null,
        longitude: known ? p.i4(4, POSITION) : null,
        altitude: known ? p.i4(16, MILLI) : null,
        ellipsoid_height: known ? p.i4(12, MILLI) : null,
        horizontal_accuracy: accuracy,
        vertical_accuracy: p.accuracy(24, MILLI),
      };
    },
  },
  "NAV-HPPOSLLH": {
    id: 0x0114,
    minBytes: 36,
    outputKey: 0x20910033,
    decode: (p) => {
      const valid = !p.bit(3, 0);
      return {
        valid,
        time_of_week: p.u4(4, MILLI),
        latitude: valid ? p.fine(12, 25, 100, 1e9) : null,
        longitude: valid ? p.fine(8, 24, 100, 1e9) : null,
        altitude: valid ? p.fine(20, 27, 10, 10_000) : null,
        ellipsoid_height: valid ? p.fine(16, 26, 10, 10_000) : null,
        horizontal_accuracy: p.accuracy(28, 10_000),
        vertical_accuracy: p.accuracy(32, 10_000),
      };
    },
  },
  "NAV-STATUS": {
    id: 0x0103,
    minBytes: 16,
    outputKey: 0x2091001a,
    decode: (p) => ({
      valid: p.bit(5, 0) && p.u1(4) !== NO_FIX,
      time_of_week: p.u4(0, MILLI),
      fix_type: p.u1(4),
      differential: p.bit(5, 1),
      carrier: p.u1(7) >> 6,
      spoofing: (p.u1(7) >> 3) & 3,
      time_to_first_fix: p.u4(8, MILLI),
      uptime: p.u4(12, MILLI),
    }),
  },
  "NAV-DOP": {
    id: 0x0104,
    minBytes: 18,
    outputKey: 0x20910038,
    decode: (p) => ({
      time_of_week: p.u4(0, MILLI),
      gdop: p.u2(4, CENTI),
      pdop: p.u2(6, CENTI),
      tdop: p.u2(8, CENTI),
      vdop: p.u2(10, CENTI),
      hdop: p.u2(12, CENTI),
      ndop: p.u2(14, CENTI),
      edop: p.u2(16, CENTI),
    }),
  },
  "NAV-SOL": { id: 0x0106, minBytes: 52, decode: solution },
  "NAV-VELNED": {
    id: 0x0112,
    minBytes: 36,
    outputKey: 0x20910042,
    decode: (p) => ({
      time_of_week: p.u4(0, MILLI),
      velocity_north: p.i4(4, CENTI),
      velocity_east: p.i4(8, CENTI),
      velocity_down: p.i4(12, CENTI),
      speed: p.u4(20, CENTI),
      course: p.i4(24, COURSE),
      speed_accuracy: p.accuracy(28, CENTI),
      course_accuracy: p.accuracy(32, COURSE),
    }),
  },
  "NAV-TIMEGPS": {
    id: 0x0120,
    minBytes: 16,
    outputKey: 0x20910047,
    decode: (p) => {
      const [hasTime, hasWeek, hasLeap] = [p.bit(11, 0), p.bit(11, 1), p.bit(11, 2)];
      const utc = isoOfGps(p.i2(8), p.u4(0), p.i4(4), p.i1(10));
      return {
        utc: hasTime && hasWeek && hasLeap ? utc : null,
        time_of_week: p.u4(0, MILLI),
        gps_week: hasWeek ? p.i2(8) : null,
        leap_seconds: hasLeap ? p.i1(10) : null,
        time_accuracy: p.accuracy(12, NANO),
      };
    },
  },
  "NAV-TIMEUTC": {
    id: 0x0121,
    minBytes: 20,
    outputKey: 0x2091005b,
    decode: (p) => {
      const utc = p.bit(19, 2) ? calendar(p, 12, 8) : null;
      if (utc === undefined) return undefined;
      return { utc, time_of_week: p.u4(0, MILLI), time_accuracy: p.accuracy(4, NANO) };
    },
  },
  "NAV-SAT": {
    id: 0x0135,
    minBytes: 8,
    outputKey: 0x20910015,
    decode: (p) => satellites(p, { countAt: 5, cno: 2, used: [8, 3] }),
  },
  "NAV-SVINFO": {
    id: 0x0130,
    minBytes: 8,
    decode: (p) => satellites(p, { countAt: 4, cno: 4, used: [2, 0] }),
  },
};

function pvt(p: Payload): MessageValues | undefined {
  const valid = p.bit(21, 0) && p.u1(20) !== NO_FIX;
  const utc = p.bit(11, 0) && p.bit(11, 1) ? calendar(p, 4, 16) : null;
  if (utc === undefined) return undefined;
  return {
    valid,
    utc,
    time_of_week: p.u4(0, MILLI),
    time_accuracy: p.accuracy(12, NANO),
    fix_type: p.u1(20),
    differential: p.bit(21, 1),
    carrier: p.u1(21) >> 6,
    satellites: p.u1(23),
    latitude: valid ? p.i4(28, POSITION) : null,
    longitude: valid ? p.i4(24, POSITION) : null,
    altitude: valid ? p.i4(36, MILLI) : null,
    ellipsoid_height: valid ? p.i4(32, MILLI) : null,
    horizontal_accuracy: p.accuracy(40, MILLI),
    vertical_accuracy: p.accuracy(44, MILLI),
    velocity_north: valid ? p.i4(48, MILLI) : null,
    velocity_east: valid ? p.i4(52, MILLI) : null,
    velocity_down: valid ? p.i4(56, MILLI) : null,
    speed: valid ? p.i4(60, MILLI) : null,
    course: valid ? p.i4(64, COURSE) : null,
    speed_accuracy: p.accuracy(68, MILLI),
    course_accuracy: p.accuracy(72, COURSE),
    pdop: p.u2(76, CENTI),
    // The payload of u-blox 7 ends before it.
    magnetic_variation: p.length >= 92 && p.bit(11, 3) ? p.i2(88, CENTI) : null,
  };
}

function solution(p: Payload): MessageValues {
  const valid = p.bit(11, 0) && p.u1(10) !== NO_FIX;
  return {
    valid,
    time_of_week: p.u4(0, MILLI),
    gps_week: p.bit(11, 2) ? p.i2(8) : null,
    fix_type: p.u1(10),
    differential: p.bit(11, 1),
    ecef_x: valid ? p.i4(12, CENTI) : null,
    ecef_y: valid ? p.i4(16, CENTI) : null,
    ecef_z: valid ? p.i4(20, CENTI) : null,
    position_accuracy: p.accuracy(24, CENTI),
    ecef_velocity_x: valid ? p.i4(28, CENTI) : null,
    ecef_velocity_y: valid ? p.i4(32, CENTI) : null,
    ecef_velocity_z: valid ? p.i4(36, CENTI) : null,
    speed_accuracy: p.accuracy(40, CENTI),
    pdop: p.u2(44, CENTI),
    satellites: p.u1(47),
  };
}

/** Year, month, day, hour, minute and second at `at`. @returns undefined if the device calls it valid and it cannot be */
function calendar(p: Payload, at: number, nanoAt: number): string | undefined {
  const [month, day, hour, minute, second] = [
    p.u1(at + 2),
    p.u1(at + 3),
    p.u1(at + 4),
    p.u1(at + 5),
    p.u1(at + 6),
  ];
  return isoOf({ year: p.u2(at), month, day, hour, minute, second, nano: p.i4(nanoAt) });
}

const LIST_AT = 8;
const SATELLITE_BYTES = 12;

/** Where the number of satellites stands in the head, and in a satellite's twelve bytes what is counted. */
interface SatelliteFields {
  readonly countAt: number;
  readonly cno: number;
  readonly used: readonly [at: number, bit: number];
}

function satellites(p: Payload, fields: SatelliteFields): MessageValues | undefined {
  const count = p.u1(fields.countAt);
  if (p.length < LIST_AT + count * SATELLITE_BYTES) return undefined;
  let used = 0;
  let signal = 0;
  for (let at = LIST_AT; at < LIST_AT + count * SATELLITE_BYTES; at += SATELLITE_BYTES) {
    if (p.bit(at + fields.used[0], fields.used[1])) used++;
    signal = Math.max(signal, p.u1(at + fields.cno));
  }
  return {
    time_of_week: p.u4(0, MILLI),
    satellites: used,
    satellites_in_view: count,
    // 0 is no signal at all, not one of 0 dB.
    signal: signal === 0 ? null : signal,
  };
}
