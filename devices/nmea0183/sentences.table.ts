import type { Decode } from "./decode.ts";
import { WAYPOINT_SENTENCES } from "./waypoints.table.ts";

const FEET = 0.3048;
/** 1 international nautical mile, m. */
const NAUTICAL_MILE = 1852;
/** Wind speed letters. MWV, IEC 61162-1, 8.3.60. */
const WIND_UNITS: Readonly<Record<string, number>> = { K: 1 / 3.6, M: 1, N: 1852 / 3600, S: 1609.344 / 3600 };

/**
 * What each type of sentence gives, by the last three letters of its address. Field numbers count from 0 after the
 * address, as in IEC 61162-1 (NMEA 0183 4.1). Without a fix whatever stands in the fields of position and motion is
 * not looked at: receivers fill in zeros, their last position, 89°60' or latitude 360.
 */
export const SENTENCES: Readonly<Record<string, Decode>> = {
  GGA: (f) => {
    const quality = f.integer(5);
    const valid = quality !== null && quality > 0 && f.text(1) !== "";
    return {
      sentence: f.address,
      valid,
      utc_time: f.time(0),
      latitude: valid ? f.latitude(1) : null,
      longitude: valid ? f.longitude(3) : null,
      altitude: valid ? f.number(8) : null,
      geoid_separation: valid ? f.number(10) : null,
      quality,
      satellites: f.integer(6),
      hdop: f.number(7),
      dgps_age: f.number(12),
    };
  },
  RMC: (f) => {
    const valid = f.text(1) === "A" && f.text(2) !== "";
    return {
      sentence: f.address,
      valid,
      utc: f.timeAndDate(0, 8),
      latitude: valid ? f.latitude(2) : null,
      longitude: valid ? f.longitude(4) : null,
      speed: valid ? f.knots(6) : null,
      course: valid ? f.number(7) : null,
      magnetic_variation: f.signed(9, "W"),
    };
  },
  GNS: (f) => {
    // One mode letter a satellite system; N is no fix.
    const valid = /[^N]/.test(f.text(5)) && f.text(1) !== "";
    return {
      sentence: f.address,
      valid,
      utc_time: f.time(0),
      latitude: valid ? f.latitude(1) : null,
      longitude: valid ? f.longitude(3) : null,
      altitude: valid ? f.number(8) : null,
      geoid_separation: valid ? f.number(9) : null,
      satellites: f.integer(6),
      hdop: f.number(7),
    };
  },
  GLL: (f) => {
    // Before NMEA 2.0 there was no status: what has no status is valid if it is there.
    const valid = (f.count < 6 || f.text(5) === "A") && f.text(0) !== "";
    return {
      sentence: f.address,
      valid,
      utc_time: f.time(4),
      latitude: valid ? f.latitude(0) : null,
      longitude: valid ? f.longitude(2) : null,
    };
  },
  VTG: (f) => {
    // Old firmware sends the four numbers without their letters.
    const letters = f.count > 5 || f.text(1) === "T";
    const valid = f.text(8) !== "N";
    const speed = letters ? 4 : 2;
    return {
      sentence: f.address,
      course: valid ? f.number(0) : null,
      course_magnetic: valid ? f.number(letters ? 2 : 1) : null,
      speed: valid ? (f.knots(speed) ?? f.kilometresPerHour(letters ? 6 : 3)) : null,
    };
  },
  GSA: (f) => ({
    sentence: f.address,
    fix_type: f.integer(1),
    pdop: f.number(14),
    hdop: f.number(15),
    vdop: f.number(16),
  }),
  /** All sentences of a group tell the same number: the first is enough. */
  GSV: (f) => (f.integer(1) === 1 ? { sentence: f.address, satellites_in_view: f.integer(2) } : null),
  ZDA: (f) => ({ sentence: f.address, utc: f.timeDayMonthYear(0) }),
  HDT: (f) => ({ sentence: f.address, heading: f.number(0) }),
  HDM: (f) => ({ sentence: f.address, heading_magnetic: f.number(0) }),
  HDG: (f) => ({
    sentence: f.address,
    heading_magnetic: f.number(0),
    magnetic_deviation: f.signed(1, "W"),
    magnetic_variation: f.signed(3, "W"),
  }),
  ROT: (f) => {
    const valid = f.text(1) === "A";
    return { sentence: f.address, valid, rate_of_turn: valid ? f.number(0) : null };
  },
  DPT: (f) => ({ sentence: f.address, depth: f.number(0), depth_offset: f.number(1) }),
  DBT: (f) => ({ sentence: f.address, depth: f.number(2) ?? f.scaled(0, FEET) }),
  MTW: (f) => ({ sentence: f.address, water_temperature: f.number(0) }),
  VHW: (f) => ({
    sentence: f.address,
    heading: f.number(0),
    heading_magnetic: f.number(2),
    water_speed: f.knots(4) ?? f.kilometresPerHour(6),
  }),
  MWV: (f) => {
    const factor = WIND_UNITS[f.text(3)];
    const valid = f.text(4) === "A" && factor !== undefined;
    const angle = valid ? f.number(0) : null;
    const speed = valid ? f.scaled(2, factor) : null;
    if (f.text(1) === "T")
      return { sentence: f.address, valid, wind_angle_true: angle, wind_speed_true: speed };
    return { sentence: f.address, valid, wind_angle: angle, wind_speed: speed };
  },
  MWD: (f) => ({
    sentence: f.address,
    wind_direction: f.number(0),
    wind_direction_magnetic: f.number(2),
    wind_speed_true: f.number(6) ?? f.knots(4),
  }),
  /** The distances over ground came with NMEA 0183 3.0. */
  VLW: (f) => ({
    sentence: f.address,
    water_distance: f.scaled(0, NAUTICAL_MILE),
    water_distance_trip: f.scaled(2, NAUTICAL_MILE),
    ground_distance: f.scaled(4, NAUTICAL_MILE),
    ground_distance_trip: f.scaled(6, NAUTICAL_MILE),
  }),
  RPM: (f) => {
    const valid = f.text(4) === "A";
    return {
      sentence: f.address,
      valid,
      machine: MACHINES.get(f.text(0)) ?? null,
      machine_number: f.integer(1),
      revolutions: valid ? f.number(2) : null,
      propeller_pitch: valid ? f.number(3) : null,
    };
  },
  RSA: (f) => ({
    sentence: f.address,
    rudder_angle: f.text(1) === "A" ? f.number(0) : null,
    rudder_angle_port: f.text(3) === "A" ? f.number(2) : null,
  }),
  GST: (f) => ({
    sentence: f.address,
    utc_time: f.time(0),
    range_residual: f.number(1),
    ellipse_major: f.number(2),
    ellipse_minor: f.number(3),
    ellipse_orientation: f.number(4),
    latitude_error: f.number(5),
    longitude_error: f.number(6),
    altitude_error: f.number(7),
  }),
  GBS: (f) => ({
    sentence: f.address,
    utc_time: f.time(0),
    latitude_error: f.number(1),
    longitude_error: f.number(2),
    altitude_error: f.number(3),
    failed_satellite: f.integer(4),
    missed_detection: f.number(5),
    failed_bias: f.number(6),
    failed_bias_error: f.number(7),
  }),
  ...WAYPOINT_SENTENCES,
};

/** Field 1 of RPM. */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ["E", "engine"],
  ["S", "shaft"],
]);
