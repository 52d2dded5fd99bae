import type { RawFields } from "./fields.ts";

/** How the vehicle is at one time. */
export interface Flight {
  readonly random: () => number;
  uptimeMs: number;
  batteryV: number;
}

/** 2026-01-01T12:00Z: a simulator has no clock of its own to tell the true time by. */
const START_MS = Date.UTC(2026, 0, 1, 12);
const LATITUDE = 54.0187356;
const LONGITUDE = 8.9025129;
const ALTITUDE_M = 8.98;
const HEADING_DEG = 214;
const CELLS = 4;
const NO_CELL = 0xffff;
const CURRENT_A = 0.62;

/** What the vehicle sends, by message id. */
const WRITERS: Readonly<Record<number, (flight: Flight) => RawFields>> = {
  0: () => ({ type: 2, autopilot: 3, base_mode: 0x51, custom_mode: 5, system_status: 3, mavlink_version: 3 }),
  1: ({ batteryV, random }) => ({
    onboard_control_sensors_present: 0x0020_fc2f,
    onboard_control_sensors_enabled: 0x0020_fc2f,
    onboard_control_sensors_health: 0x0020_fc2f,
    load: 300 + Math.floor(random() * 40),
    voltage_battery: Math.round(batteryV * 1_000),
    current_battery: CURRENT_A * 100,
    battery_remaining: remaining(batteryV),
  }),
  2: ({ uptimeMs }) => ({ time_unix_usec: (START_MS + uptimeMs) * 1_000, time_boot_ms: uptimeMs }),
  24: (flight) => ({
    time_usec: flight.uptimeMs * 1_000,
    ...position(flight),
    alt: Math.round(ALTITUDE_M * 1_000),
    eph: 82,
    epv: 131,
    vel: Math.floor(flight.random() * 5),
    cog: 0xffff,
    fix_type: 3,
    satellites_visible: 14,
    alt_ellipsoid: Math.round((ALTITUDE_M + 39.8) * 1_000),
    h_acc: 900,
    v_acc: 1_400,
  }),
  30: ({ uptimeMs, random }) => ({
    time_boot_ms: uptimeMs,
    roll: wander(random, 0.01),
    pitch: wander(random, 0.01),
    yaw: ((HEADING_DEG - 360) * Math.PI) / 180,
    rollspeed: wander(random, 0.002),
    pitchspeed: wander(random, 0.002),
    yawspeed: wander(random, 0.002),
  }),
  33: (flight) => ({
    time_boot_ms: flight.uptimeMs,
    ...position(flight),
    alt: Math.round(ALTITUDE_M * 1_000),
    relative_alt: Math.round(wander(flight.random, 200)),
    hdg: HEADING_DEG * 100,
  }),
  74: ({ random }) => ({
    groundspeed: random() * 0.05,
    alt: ALTITUDE_M,
    climb: wander(random, 0.05),
    heading: HEADING_DEG,
  }),
  147: ({ batteryV }) => ({
    voltages: Array.from({ length: 10 }, (_, i) =>
      i < CELLS ? Math.round((batteryV / CELLS) * 1_000) : NO_CELL,
    ),
    current_battery: CURRENT_A * 100,
    current_consumed: Math.round((16.2 - batteryV) * 1_000),
    energy_consumed: -1,
    temperature: 0x7fff,
    battery_remaining: remaining(batteryV),
    type: 1,
    charge_state: 1,
  }),
  148: () => ({
    flight_sw_version: 0x040501ff,
    board_version: 0x0032_0000,
    flight_custom_version: [...Buffer.from("1a2b3c4d", "latin1")],
  }),
  242: () => ({
    latitude: Math.round(LATITUDE * 1e7),
    longitude: Math.round(LONGITUDE * 1e7),
    altitude: Math.round(ALTITUDE_M * 1_000),
    q: [1, 0, 0, 0],
  }),
};

/** @returns undefined for a message that this vehicle does not have */
export function simulated(id: number, flight: Flight): RawFields | undefined {
  return WRITERS[id]?.(flight);
}

function position({ random }: Flight): RawFields {
  return {
    lat: Math.round(LATITUDE * 1e7 + wander(random, 30)),
    lon: Math.round(LONGITUDE * 1e7 + wander(random, 30)),
  };
}

function remaining(batteryV: number): number {
  return Math.round(((batteryV - 12) / (16.8 - 12)) * 100);
}

/** Anything around zero, as far as `most`. */
function wander(random: () => number, most: number): number {
  return (random() - 0.5) * 2 * most;
}
