import type { Fields } from "./fields.ts";
import type { Definitions, MessageValues } from "./message.ts";

const MILLI = 1_000;
const CENTI = 100;
/** Of standard gravity in thousandths, in m/s2. */
const MILLI_G = 1_000 / 9.80665;
/** A milligauss is 0.1 uT. */
const MILLI_GAUSS = 10;

/** What the inertial sensors feel, and what the estimator thinks of them. Message definitions: common.xml, ardupilotmega.xml. */
export const INERTIA = {
  SCALED_IMU: { id: 26, fields: imuFields(), values: imu },
  SCALED_IMU2: { id: 116, fields: imuFields(), values: imu },
  SCALED_IMU3: { id: 129, fields: imuFields(), values: imu },
  HIGHRES_IMU: {
    id: 105,
    fields:
      "uint64_t time_usec, float xacc, float yacc, float zacc, float xgyro, float ygyro, float zgyro, " +
      "float xmag, float ymag, float zmag, float abs_pressure, float diff_pressure, float pressure_alt, " +
      "float temperature, uint16_t fields_updated | uint8_t id",
    values: (f) => ({
      sensor: f.number("id"),
      ...axes(f, 1, 1, 0.01),
      pressure: f.scaled("abs_pressure"),
      differential_pressure: f.scaled("diff_pressure"),
      pressure_altitude: f.scaled("pressure_alt"),
      temperature: f.scaled("temperature"),
    }),
  },
  EKF_STATUS_REPORT: {
    id: 193,
    fields:
      "float velocity_variance, float pos_horiz_variance, float pos_vert_variance, float compass_variance, " +
      "float terrain_alt_variance, uint16_t flags | float airspeed_variance",
    values: (f) => ({
      estimator_flags: f.number("flags"),
      velocity_variance: f.scaled("velocity_variance"),
      position_variance: f.scaled("pos_horiz_variance"),
      height_variance: f.scaled("pos_vert_variance"),
      compass_variance: f.scaled("compass_variance"),
      terrain_variance: f.scaled("terrain_alt_variance"),
    }),
  },
  ESTIMATOR_STATUS: {
    id: 230,
    fields:
      "uint64_t time_usec, float vel_ratio, float pos_horiz_ratio, float pos_vert_ratio, float mag_ratio, " +
      "float hagl_ratio, float tas_ratio, float pos_horiz_accuracy, float pos_vert_accuracy, uint16_t flags",
    values: (f) => ({
      estimator_flags: f.number("flags"),
      velocity_variance: f.scaled("vel_ratio"),
      position_variance: f.scaled("pos_horiz_ratio"),
      height_variance: f.scaled("pos_vert_ratio"),
      compass_variance: f.scaled("mag_ratio"),
      terrain_variance: f.scaled("hagl_ratio"),
      horizontal_accuracy: f.scaled("pos_horiz_accuracy"),
      vertical_accuracy: f.scaled("pos_vert_accuracy"),
    }),
  },
  VIBRATION: {
    id: 241,
    fields:
      "uint64_t time_usec, float vibration_x, float vibration_y, float vibration_z, uint32_t clipping_0, " +
      "uint32_t clipping_1, uint32_t clipping_2",
    values: (f) => ({
      vibration_x: f.scaled("vibration_x"),
      vibration_y: f.scaled("vibration_y"),
      vibration_z: f.scaled("vibration_z"),
      clipping_0: f.number("clipping_0"),
      clipping_1: f.number("clipping_1"),
      clipping_2: f.number("clipping_2"),
    }),
  },
} as const satisfies Definitions;

function imuFields(): string {
  return (
    "uint32_t time_boot_ms, int16_t xacc, int16_t yacc, int16_t zacc, int16_t xgyro, int16_t ygyro, " +
    "int16_t zgyro, int16_t xmag, int16_t ymag, int16_t zmag | int16_t temperature"
  );
}

function imu(f: Fields): MessageValues {
  return {
    uptime: f.scaled("time_boot_ms", MILLI),
    ...axes(f, MILLI_G, MILLI, MILLI_GAUSS),
    // 0.01 degrees is written for 0, for 0 is unknown.
    temperature: f.extension("temperature", CENTI),
  };
}

/** Acceleration, rotation and the earth's field along the vehicle's axes. */
function axes(f: Fields, acceleration: number, rotation: number, field: number): MessageValues {
  return {
    acceleration_x: f.scaled("xacc", acceleration),
    acceleration_y: f.scaled("yacc", acceleration),
    acceleration_z: f.scaled("zacc", acceleration),
    rotation_x: f.scaled("xgyro", rotation),
    rotation_y: f.scaled("ygyro", rotation),
    rotation_z: f.scaled("zgyro", rotation),
    magnetic_x: f.scaled("xmag", field),
    magnetic_y: f.scaled("ymag", field),
    magnetic_z: f.scaled("zmag", field),
  };
}
