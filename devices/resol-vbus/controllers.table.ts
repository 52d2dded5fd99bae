import {
  bits,
  flow,
  heat,
  hours,
  int32,
  irradiance,
  milli,
  percent,
  pressure,
  pumps,
  seconds,
  splitHeat,
  temperature,
  temperatures,
  version,
} from "./fields.ts";

/** What controllers with many fields, or with many relatives, have in their packets, by RESOL's VBus Packet List. */

export const bsPlus = [
  ...temperatures(4, 0),
  ...pumps(2, 8),
  bits("relay_bits", 10, 1),
  bits("error_bits", 11, 1),
  hours(1, 16),
  hours(2, 18),
  splitHeat(20),
  version(26),
];
export const bs2009 = [
  ...temperatures(4, 0),
  percent("pump_1", 8, "speed of a pump or relay"),
  percent("pump_2", 12, "speed of a pump or relay"),
  hours(1, 10),
  hours(2, 14),
  bits("error_bits", 20, 2),
  bits("status_bits", 24, 4),
  heat(28),
  version(32),
];
export const csPlus = [...bs2009, temperature("temperature_5", 36), flow("flow", 38, 2)];
export const bxl = [
  ...temperatures(5, 0),
  flow("flow", 18, 2),
  ...pumps(4, 24),
  ...seconds(4, 28),
  bits("error_bits", 44, 2),
  bits("status_bits", 46, 2),
  heat(48),
  version(52),
];
export const bx = [
  ...bxl,
  temperature("temperature_pressure_sensor", 10),
  pressure("pressure", 12, 10),
  temperature("temperature_flow_sensor", 14),
  flow("flow_sensor", 16, 2),
  percent("output_1", 22),
  percent("output_2", 23),
];
export const sl = [
  ...temperatures(6, 4),
  flow("flow", 20),
  flow("flow_sensor", 24),
  flow("flow_rotor", 28),
  pressure("pressure", 32, 100),
  ...pumps(4, 34),
  percent("output_1", 38),
  percent("output_2", 39),
  heat(40),
  version(44),
  ...seconds(4, 48),
  bits("error_bits", 96, 4),
];
export const m = [
  ...temperatures(12, 0),
  irradiance("irradiance", 24),
  int32("impulses_1", 28, { type: "integer", description: "of a water meter" }),
  int32("impulses_2", 32, { type: "integer", description: "of a water meter" }),
  bits("broken_sensor_bits", 36, 2),
  bits("short_circuited_sensor_bits", 38, 2),
  ...pumps(9, 44),
  bits("error_bits", 60, 2),
  bits("warning_bits", 62, 2),
];
export const e = [
  ...temperatures(10, 0),
  irradiance("irradiance", 20),
  bits("impulses_1", 22, 2),
  ...pumps(7, 26),
  bits("error_bits", 36, 2),
  bits("message_bits", 38, 2),
  temperature("circuit_set_temperature", 56),
  bits("circuit_status", 58, 2),
];
export const mx = [
  ...temperatures(15, 0),
  irradiance("irradiance", 30),
  ...temperatures(4, 32, 17),
  ...[13, 14, 15, 17, 18, 19, 20].map((sensor, i) => flow(`flow_${sensor}`, 40 + 4 * i)),
  ...[17, 18, 19, 20].map((sensor, i) => pressure(`pressure_${sensor}`, 68 + 2 * i, 100)),
  ...pumps(14, 76),
  ...[1, 2, 3, 4].map((output, i) => percent(`output_${output}`, 100 + i)),
  flow("flow_21", 104),
  bits("error_bits", 96, 4),
];
export const bxPlus = [
  ...temperatures(9, 0),
  irradiance("irradiance", 18),
  ...temperatures(2, 20, 11),
  ...[9, 11, 12].map((sensor, i) => flow(`flow_${sensor}`, 24 + 4 * i)),
  pressure("pressure_11", 36, 100),
  pressure("pressure_12", 38, 100),
  ...pumps(5, 40),
  percent("output_1", 64),
  percent("output_2", 65),
  bits("error_bits", 52, 4),
  bits("warning_bits", 68, 4),
];
export const dl3 = [
  ...[1, 2, 3].map((sensor, i) => milli(`resistance_${sensor}`, 4 * i, "Ohm")),
  milli("current_4", 12, "mA"),
  ...[1, 2, 3].map((sensor, i) =>
    int32(`impulses_${sensor}`, 16 + 4 * i, { type: "integer", description: "counted at an input" }),
  ),
  ...temperatures(3, 34),
  irradiance("irradiance", 40),
  int32("heat", 80, { type: "integer", unit: "W.h", description: "heat that was counted" }),
];
