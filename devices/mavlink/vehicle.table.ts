import type { Fields } from "./fields.ts";
import type { Definitions, MessageValues } from "./message.ts";

const U16 = 0xffff;
const I16 = 0x7fff;
const MILLI = 1_000;
const CENTI = 100;
/** A cell's voltage that says: and more, in the next element. BATTERY_STATUS, voltages. */
const OVERFLOW = 0xfffe;
const ARMED = 0x80;

/** State of the vehicle, its power and its links. Message definitions: minimal.xml, common.xml, ardupilotmega.xml. */
export const VEHICLE = {
  HEARTBEAT: {
    id: 0,
    fields:
      "uint32_t custom_mode, uint8_t type, uint8_t autopilot, uint8_t base_mode, uint8_t system_status, " +
      "uint8_t mavlink_version",
    values: (f) => ({
      vehicle_type: f.number("type"),
      autopilot: f.number("autopilot"),
      armed: f.bit("base_mode", ARMED),
      base_mode: f.number("base_mode"),
      custom_mode: f.number("custom_mode"),
      system_status: f.number("system_status"),
    }),
  },
  SYS_STATUS: {
    id: 1,
    fields:
      "uint32_t onboard_control_sensors_present, uint32_t onboard_control_sensors_enabled, " +
      "uint32_t onboard_control_sensors_health, uint16_t load, uint16_t voltage_battery, " +
      "int16_t current_battery, uint16_t drop_rate_comm, uint16_t errors_comm, uint16_t errors_count1, " +
      "uint16_t errors_count2, uint16_t errors_count3, uint16_t errors_count4, int8_t battery_remaining | " +
      "uint32_t onboard_control_sensors_present_extended, uint32_t onboard_control_sensors_enabled_extended, " +
      "uint32_t onboard_control_sensors_health_extended",
    values: (f) => ({
      sensors_present: f.number("onboard_control_sensors_present"),
      sensors_enabled: f.number("onboard_control_sensors_enabled"),
      sensors_health: f.number("onboard_control_sensors_health"),
      load: f.scaled("load", 10),
      battery_voltage: f.scaled("voltage_battery", MILLI, U16),
      battery_current: f.scaled("current_battery", CENTI, -1),
      battery_remaining: f.scaled("battery_remaining", 1, -1),
      receive_loss: f.scaled("drop_rate_comm", CENTI),
      receive_errors: f.number("errors_comm"),
    }),
  },
  SYSTEM_TIME: {
    id: 2,
    fields: "uint64_t time_unix_usec, uint32_t time_boot_ms",
    values: (f) => ({ utc: utcOf(f.number("time_unix_usec")), uptime: f.scaled("time_boot_ms", MILLI) }),
  },
  MISSION_CURRENT: {
    id: 42,
    fields: "uint16_t seq",
    values: (f) => ({ mission_item: f.scaled("seq", 1, U16) }),
  },
  MISSION_ITEM_REACHED: {
    id: 46,
    fields: "uint16_t seq",
    values: (f) => ({ mission_item_reached: f.number("seq") }),
  },
  RADIO_STATUS: {
    id: 109,
    fields:
      "uint16_t rxerrors, uint16_t fixed, uint8_t rssi, uint8_t remrssi, uint8_t txbuf, uint8_t noise, " +
      "uint8_t remnoise",
    values: (f) => ({
      radio_rssi: f.scaled("rssi", 1, 0xff),
      radio_remote_rssi: f.scaled("remrssi", 1, 0xff),
      radio_noise: f.scaled("noise", 1, 0xff),
      radio_remote_noise: f.scaled("remnoise", 1, 0xff),
      radio_buffer_free: f.scaled("txbuf"),
      radio_errors: f.number("rxerrors"),
      radio_corrected: f.number("fixed"),
    }),
  },
  POWER_STATUS: {
    id: 125,
    fields: "uint16_t Vcc, uint16_t Vservo, uint16_t flags",
    values: (f) => ({
      rail_voltage: f.scaled("Vcc", MILLI),
      servo_rail_voltage: f.scaled("Vservo", MILLI),
      power_flags: f.number("flags"),
    }),
  },
  BATTERY_STATUS: {
    id: 147,
    fields:
      "int32_t current_consumed, int32_t energy_consumed, int16_t temperature, uint16_t[10] voltages, " +
      "int16_t current_battery, uint8_t id, uint8_t battery_function, uint8_t type, int8_t battery_remaining | " +
      "int32_t time_remaining, uint8_t charge_state, uint16_t[4] voltages_ext, uint8_t mode, " +
      "uint32_t fault_bitmask",
    values: battery,
  },
  AUTOPILOT_VERSION: {
    id: 148,
    fields:
      "uint64_t capabilities, uint64_t uid, uint32_t flight_sw_version, uint32_t middleware_sw_version, " +
      "uint32_t os_sw_version, uint32_t board_version, uint16_t vendor_id, uint16_t product_id, " +
      "uint8_t[8] flight_custom_version, uint8_t[8] middleware_custom_version, " +
      "uint8_t[8] os_custom_version | uint8_t[18] uid2",
    values: (f) => ({
      firmware: versionOf(f.number("flight_sw_version")),
      firmware_commit: f.hex("flight_custom_version"),
      board_version: f.number("board_version"),
      vendor_id: f.number("vendor_id"),
      product_id: f.number("product_id"),
      unique_id: f.hex("uid2"),
    }),
  },
  MEMINFO: {
    id: 152,
    fields: "uint16_t brkval, uint16_t freemem | uint32_t freemem32",
    // The 16 bits stand still at their greatest where there is more.
    values: (f) => ({ memory_free: f.extension("freemem32") ?? f.number("freemem") }),
  },
  HWSTATUS: {
    id: 165,
    fields: "uint16_t Vcc, uint8_t I2Cerr",
    values: (f) => ({ rail_voltage: f.scaled("Vcc", MILLI), i2c_errors: f.number("I2Cerr") }),
  },
  RANGEFINDER: {
    id: 173,
    fields: "float distance, float voltage",
    values: (f) => ({ distance: f.scaled("distance") }),
  },
  BATTERY2: {
    id: 181,
    fields: "uint16_t voltage, int16_t current_battery",
    values: (f) => ({
      battery: 1,
      battery_voltage: f.scaled("voltage", MILLI),
      battery_current: f.scaled("current_battery", CENTI, -1),
    }),
  },
  DISTANCE_SENSOR: {
    id: 132,
    fields:
      "uint32_t time_boot_ms, uint16_t min_distance, uint16_t max_distance, uint16_t current_distance, " +
      "uint8_t type, uint8_t id, uint8_t orientation, uint8_t covariance | float horizontal_fov, " +
      "float vertical_fov, float[4] quaternion, uint8_t signal_quality",
    values: (f) => ({
      uptime: f.scaled("time_boot_ms", MILLI),
      sensor: f.number("id"),
      orientation: f.number("orientation"),
      // Quality 1 is a signal that is none: what is measured means nothing.
      distance: f.number("signal_quality") === 1 ? null : f.scaled("current_distance", CENTI),
      distance_min: f.scaled("min_distance", CENTI),
      distance_max: f.scaled("max_distance", CENTI),
    }),
  },
  RPM: {
    id: 226,
    fields: "float rpm1, float rpm2",
    values: (f) => ({ rpm_1: f.scaled("rpm1"), rpm_2: f.scaled("rpm2") }),
  },
  EXTENDED_SYS_STATE: {
    id: 245,
    fields: "uint8_t vtol_state, uint8_t landed_state",
    values: (f) => ({ vtol_state: f.number("vtol_state"), landed_state: f.number("landed_state") }),
  },
  SCALED_PRESSURE: { id: 29, fields: pressureFields(), values: pressure },
  SCALED_PRESSURE2: { id: 137, fields: pressureFields(), values: pressure },
  SCALED_PRESSURE3: { id: 143, fields: pressureFields(), values: pressure },
  HYGROMETER_SENSOR: {
    id: 12920,
    fields: "int16_t temperature, uint16_t humidity, uint8_t id",
    values: (f) => ({
      sensor: f.number("id"),
      temperature: f.scaled("temperature", CENTI),
      humidity: f.scaled("humidity", CENTI),
    }),
  },
  WIND: {
    id: 168,
    fields: "float direction, float speed, float speed_z",
    values: (f) => ({
      wind_direction: f.scaled("direction"),
      wind_speed: f.scaled("speed"),
      wind_down: f.scaled("speed_z"),
    }),
  },
  WIND_COV: {
    id: 231,
    fields:
      "uint64_t time_usec, float wind_x, float wind_y, float wind_z, float var_horiz, float var_vert, " +
      "float wind_alt, float horiz_accuracy, float vert_accuracy",
    values: (f) => ({
      wind_north: f.scaled("wind_x"),
      wind_east: f.scaled("wind_y"),
      wind_down: f.scaled("wind_z"),
    }),
  },
} as const satisfies Definitions;

function pressureFields(): string {
  return "uint32_t time_boot_ms, float press_abs, float press_diff, int16_t temperature | int16_t temperature_press_diff";
}

function pressure(f: Fields): MessageValues {
  return {
    uptime: f.scaled("time_boot_ms", MILLI),
    pressure: f.scaled("press_abs"),
    differential_pressure: f.scaled("press_diff"),
    temperature: f.scaled("temperature", CENTI),
  };
}

function battery(f: Fields): MessageValues {
  const cells = f.list("voltages").filter((voltage) => voltage !== U16);
  // In the extension a cell that there is not is zero.
  const more = f.list("voltages_ext").filter((voltage) => voltage !== 0 && voltage !== U16);
  const all = [...cells, ...more];
  return {
    battery: f.number("id"),
    battery_voltage: all.length > 0 ? all.reduce((sum, one) => sum + one, 0) / MILLI : null,
    // One alone is the whole battery's or a single cell's; one that is full goes on in the next. Neither are cells.
    cell_voltage_min: all.length < 2 || all.includes(OVERFLOW) ? null : Math.min(...all) / MILLI,
    cell_voltage_max: all.length < 2 || all.includes(OVERFLOW) ? null : Math.max(...all) / MILLI,
    battery_current: f.scaled("current_battery", CENTI, -1),
    battery_consumed: f.scaled("current_consumed", 1, -1),
    // Steps of 100 J.
    battery_energy: f.scaled("energy_consumed", 0.01, -1),
    battery_temperature: f.scaled("temperature", CENTI, I16),
    battery_remaining: f.scaled("battery_remaining", 1, -1),
    battery_time_remaining: f.extension("time_remaining"),
    charge_state: f.number("charge_state"),
    battery_faults: f.number("fault_bitmask"),
  };
}

const RELEASES: Readonly<Record<number, string>> = { 0: "-dev", 64: "-alpha", 128: "-beta", 192: "-rc" };

/** Major, minor and patch, and the kind of release; 255 is official. FIRMWARE_VERSION_TYPE. */
function versionOf(version: number): string {
  const kind = version & 0xff;
  return `${version >>> 24}.${(version >> 16) & 0xff}.${(version >> 8) & 0xff}${RELEASES[kind] ?? ""}`;
}

/** The greatest time that a Date can tell, us. */
const MAX_TIME_US = 8.64e18;

/** 0 before the vehicle knows the time. */
function utcOf(us: number): string | null {
  return us === 0 || us > MAX_TIME_US ? null : new Date(us / 1_000).toISOString();
}
