import type { Fields } from "./fields.ts";
import type { Definitions, MessageValues } from "./message.ts";

const U16 = 0xffff;
const MILLI = 1_000;
const CENTI = 100;
const DEGREES = 1e7;
/** An extension of GPS_RAW_INT: north is 36000, for 0 is unknown. */
const FULL_CIRCLE = 36_000;

const FIX_2D = 2;
const FIX_3D = 3;

/** Attitude, position, speed and what moves the vehicle. Message definitions: common.xml, ardupilotmega.xml. */
export const MOTION = {
  GPS_RAW_INT: {
    id: 24,
    fields:
      "uint64_t time_usec, int32_t lat, int32_t lon, int32_t alt, uint16_t eph, uint16_t epv, uint16_t vel, " +
      "uint16_t cog, uint8_t fix_type, uint8_t satellites_visible | int32_t alt_ellipsoid, uint32_t h_acc, " +
      "uint32_t v_acc, uint32_t vel_acc, uint32_t hdg_acc, uint16_t yaw",
    values: gps,
  },
  GPS2_RAW: {
    id: 124,
    fields:
      "uint64_t time_usec, int32_t lat, int32_t lon, int32_t alt, uint32_t dgps_age, uint16_t eph, " +
      "uint16_t epv, uint16_t vel, uint16_t cog, uint8_t fix_type, uint8_t satellites_visible, " +
      "uint8_t dgps_numch | uint16_t yaw, int32_t alt_ellipsoid, uint32_t h_acc, uint32_t v_acc, " +
      "uint32_t vel_acc, uint32_t hdg_acc",
    values: gps,
  },
  ATTITUDE: {
    id: 30,
    fields:
      "uint32_t time_boot_ms, float roll, float pitch, float yaw, float rollspeed, float pitchspeed, " +
      "float yawspeed",
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      roll: f.scaled("roll"),
      pitch: f.scaled("pitch"),
      yaw: f.scaled("yaw"),
      ...rates(f),
    }),
  },
  ATTITUDE_QUATERNION: {
    id: 31,
    fields:
      "uint32_t time_boot_ms, float q1, float q2, float q3, float q4, float rollspeed, float pitchspeed, " +
      "float yawspeed | float[4] repr_offset_q",
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      quaternion_w: f.scaled("q1"),
      quaternion_x: f.scaled("q2"),
      quaternion_y: f.scaled("q3"),
      quaternion_z: f.scaled("q4"),
      ...rates(f),
    }),
  },
  LOCAL_POSITION_NED: {
    id: 32,
    fields: "uint32_t time_boot_ms, float x, float y, float z, float vx, float vy, float vz",
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      position_north: f.scaled("x"),
      position_east: f.scaled("y"),
      position_down: f.scaled("z"),
      ...velocity(f, 1),
    }),
  },
  GLOBAL_POSITION_INT: {
    id: 33,
    fields:
      "uint32_t time_boot_ms, int32_t lat, int32_t lon, int32_t alt, int32_t relative_alt, int16_t vx, " +
      "int16_t vy, int16_t vz, uint16_t hdg",
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      latitude: f.scaled("lat", DEGREES),
      longitude: f.scaled("lon", DEGREES),
      altitude: f.scaled("alt", MILLI),
      relative_altitude: f.scaled("relative_alt", MILLI),
      ...velocity(f, CENTI),
      heading: f.scaled("hdg", CENTI, U16),
    }),
  },
  SERVO_OUTPUT_RAW: {
    id: 36,
    fields:
      `uint32_t time_usec, ${numbered("uint16_t servo#_raw", 1, 8)}, uint8_t port | ` +
      numbered("uint16_t servo#_raw", 9, 16),
    values: (f) => ({ servo_port: f.number("port"), ...series(f, "servo_", "servo#_raw", 16, 0) }),
  },
  RC_CHANNELS: {
    id: 65,
    fields: `uint32_t time_boot_ms, ${numbered("uint16_t chan#_raw", 1, 18)}, uint8_t chancount, uint8_t rssi`,
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      rc_channels: f.number("chancount"),
      rc_signal: f.scaled("rssi", 2.54, 0xff),
      ...series(f, "rc_", "chan#_raw", 18, U16),
    }),
  },
  NAV_CONTROLLER_OUTPUT: {
    id: 62,
    fields:
      "float nav_roll, float nav_pitch, float alt_error, float aspd_error, float xtrack_error, " +
      "int16_t nav_bearing, int16_t target_bearing, uint16_t wp_dist",
    values: (f) => ({
      wanted_roll: f.scaled("nav_roll"),
      wanted_pitch: f.scaled("nav_pitch"),
      wanted_bearing: f.scaled("nav_bearing"),
      target_bearing: f.scaled("target_bearing"),
      target_distance: f.scaled("wp_dist"),
      altitude_error: f.scaled("alt_error"),
      airspeed_error: f.scaled("aspd_error"),
      crosstrack_error: f.scaled("xtrack_error"),
    }),
  },
  VFR_HUD: {
    id: 74,
    fields: "float airspeed, float groundspeed, float alt, float climb, int16_t heading, uint16_t throttle",
    values: (f) => ({
      airspeed: f.scaled("airspeed"),
      speed: f.scaled("groundspeed"),
      altitude: f.scaled("alt"),
      climb_rate: f.scaled("climb"),
      heading: f.scaled("heading"),
      throttle: f.scaled("throttle"),
    }),
  },
  TERRAIN_REPORT: {
    id: 136,
    fields:
      "int32_t lat, int32_t lon, float terrain_height, float current_height, uint16_t spacing, " +
      "uint16_t pending, uint16_t loaded",
    values: (f) => {
      // No spacing: there is no terrain for this place.
      const isKnown = f.number("spacing") !== 0;
      return {
        terrain_altitude: isKnown ? f.scaled("terrain_height") : null,
        terrain_clearance: isKnown ? f.scaled("current_height") : null,
      };
    },
  },
  ALTITUDE: {
    id: 141,
    fields:
      "uint64_t time_usec, float altitude_monotonic, float altitude_amsl, float altitude_local, " +
      "float altitude_relative, float altitude_terrain, float bottom_clearance",
    values: (f) => ({
      altitude: f.scaled("altitude_amsl"),
      relative_altitude: f.scaled("altitude_relative"),
      terrain_altitude: atLeast(f.scaled("altitude_terrain"), -1_000),
      terrain_clearance: atLeast(f.scaled("bottom_clearance"), 0),
    }),
  },
  AHRS2: {
    id: 178,
    fields: "float roll, float pitch, float yaw, float altitude, int32_t lat, int32_t lng",
    values: (f) => ({
      roll: f.scaled("roll"),
      pitch: f.scaled("pitch"),
      yaw: f.scaled("yaw"),
      altitude: f.scaled("altitude"),
      latitude: f.scaled("lat", DEGREES),
      longitude: f.scaled("lng", DEGREES),
    }),
  },
  HOME_POSITION: {
    id: 242,
    fields:
      "int32_t latitude, int32_t longitude, int32_t altitude, float x, float y, float z, float[4] q, " +
      "float approach_x, float approach_y, float approach_z | uint64_t time_usec",
    values: (f) => ({
      home_latitude: f.scaled("latitude", DEGREES),
      home_longitude: f.scaled("longitude", DEGREES),
      home_altitude: f.scaled("altitude", MILLI),
    }),
  },
} as const satisfies Definitions;

/** `uint16_t chan#_raw` for each of the numbers. */
function numbered(field: string, from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => field.replace("#", String(from + i))).join(", ");
}

/** Values of fields that differ by their number only. */
function series(f: Fields, metric: string, field: string, count: number, none: number): MessageValues {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const number = String(i + 1);
      return [metric + number, f.scaled(field.replace("#", number), 1, none)];
    }),
  );
}

function rates(f: Fields): MessageValues {
  return {
    roll_rate: f.scaled("rollspeed"),
    pitch_rate: f.scaled("pitchspeed"),
    yaw_rate: f.scaled("yawspeed"),
  };
}

function velocity(f: Fields, perUnit: number): MessageValues {
  return {
    velocity_north: f.scaled("vx", perUnit),
    velocity_east: f.scaled("vy", perUnit),
    velocity_down: f.scaled("vz", perUnit),
  };
}

/** Without a fix whatever stands in the fields of the position is null. */
function gps(f: Fields): MessageValues {
  const fix = f.number("fix_type");
  const yaw = f.scaled("yaw", 1, U16);
  return {
    fix_type: fix,
    satellites: f.scaled("satellites_visible", 1, 0xff),
    latitude: fix >= FIX_2D ? f.scaled("lat", DEGREES) : null,
    longitude: fix >= FIX_2D ? f.scaled("lon", DEGREES) : null,
    altitude: fix >= FIX_3D ? f.scaled("alt", MILLI) : null,
    ellipsoid_height: fix >= FIX_3D ? f.extension("alt_ellipsoid", MILLI) : null,
    hdop: f.scaled("eph", CENTI, U16),
    vdop: f.scaled("epv", CENTI, U16),
    speed: f.scaled("vel", CENTI, U16),
    course: f.scaled("cog", CENTI, U16),
    yaw_gps: yaw === null || yaw === 0 ? null : (yaw % FULL_CIRCLE) / CENTI,
    horizontal_accuracy: f.extension("h_acc", MILLI),
    vertical_accuracy: f.extension("v_acc", MILLI),
    speed_accuracy: f.extension("vel_acc", MILLI),
    course_accuracy: f.extension("hdg_acc", 1e5),
  };
}

/** Below a limit the definition says that nothing is known. */
function atLeast(value: number | null, least: number): number | null {
  return value === null || value < least ? null : value;
}
