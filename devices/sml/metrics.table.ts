import type { Metric, Metrics } from "../../src/message/index.ts";

/** DLMS unit codes as UCUM. IEC 62056-6-2, table 4 */
export const UNITS: Readonly<Record<number, string>> = {
  1: "a",
  2: "mo",
  3: "wk",
  4: "d",
  5: "h",
  6: "min",
  7: "s",
  8: "deg",
  9: "Cel",
  11: "m",
  12: "m/s",
  13: "m3",
  14: "m3",
  15: "m3/h",
  16: "m3/h",
  19: "L",
  20: "kg",
  23: "Pa",
  24: "bar",
  25: "J",
  26: "J/h",
  27: "W",
  28: "VA",
  29: "var",
  30: "Wh",
  31: "VA.h",
  32: "var.h",
  33: "A",
  34: "C",
  35: "V",
  38: "Ohm",
  44: "Hz",
  52: "K",
  56: "%",
};

/** What the meter and its list say of themselves, beside the entries. */
export const METER_METRICS = {
  server_id: { type: "text", description: "the meter's number, in hex" },
  manufacturer: { type: "text", description: "three letters of the FLAG list, where the meter sends them" },
  status: {
    type: "integer",
    description: "status word of the meter, as it comes with the first register; its bits are the maker's",
  },
  sensor_time: { type: "integer", unit: "s", description: "the meter's own count of seconds" },
} as const satisfies Metrics;

const number = (unit: string, description: string): Metric => ({ type: "number", unit, description });
const energy = (what: string): Metric => number("Wh", what);
const power = (what: string): Metric => number("W", what);

const PHASES = [1, 2, 3] as const;

/** One quantity of the three phases: `C.7.0` with C of the first, and 20 more for each of the next. */
function phases(
  first: number,
  name: string,
  metric: (phase: string) => Metric,
): [string, [string, Metric]][] {
  return PHASES.map((phase) => [
    `1-0:${first + 20 * (phase - 1)}.7.0`,
    [`${name}_l${phase}`, metric(`phase L${phase}`)],
  ]);
}

/** Registers of an energy, as a whole and by tariff. */
function registers(code: number, name: string, what: string): [string, [string, Metric]][] {
  return Array.from({ length: 5 }, (_, tariff) => [
    `1-0:${code}.8.${tariff}`,
    tariff === 0 ? [name, energy(what)] : [`${name}_t${tariff}`, energy(`${what}, tariff ${tariff}`)],
  ]);
}

/** Energy of a time that has gone by, in the field F: 96 a day to 100 since the last reset. VDE-AR-N 4400; FNN */
const PAST: readonly (readonly [number, string, string])[] = [
  [96, "1d", "the last day"],
  [97, "7d", "the last 7 days"],
  [98, "30d", "the last 30 days"],
  [99, "365d", "the last 365 days"],
  [100, "reset", "since the last reset"],
];

/** Metrics by the OBIS code `A-B:C.D.E`, with `*F` unless F is 255. IEC 62056-6-1; what is not here is named by its code. */
export const REGISTERS: ReadonlyMap<string, readonly [name: string, metric: Metric]> = new Map([
  ...registers(1, "energy_import", "taken from the grid"),
  ...registers(2, "energy_export", "given to the grid"),
  ...registers(15, "energy_absolute", "taken or given, together"),
  ...registers(16, "energy_net", "taken less given"),
  ...registers(3, "reactive_import", "reactive energy, inductive"),
  ...registers(4, "reactive_export", "reactive energy, capacitive"),
  ...PAST.flatMap(([code, name, what]): [string, [string, Metric]][] => [
    [`1-0:1.8.0*${code}`, [`energy_import_${name}`, energy(`taken from the grid, ${what}`)]],
    [`1-0:2.8.0*${code}`, [`energy_export_${name}`, energy(`given to the grid, ${what}`)]],
  ]),
  ["1-0:16.7.0", ["power", power("now; negative is given to the grid")]],
  ["1-0:1.7.0", ["power_import", power("taken from the grid now")]],
  ["1-0:2.7.0", ["power_export", power("given to the grid now")]],
  ["1-0:15.7.0", ["power_absolute", power("now, without its direction")]],
  ["1-0:3.7.0", ["reactive_power_import", number("var", "inductive, now")]],
  ["1-0:4.7.0", ["reactive_power_export", number("var", "capacitive, now")]],
  ["1-0:9.7.0", ["apparent_power", number("VA", "now")]],
  ...phases(36, "power", power),
  ...phases(21, "power_import", power),
  ...phases(22, "power_export", power),
  ...phases(35, "power_absolute", power),
  ...phases(32, "voltage", (phase) => number("V", phase)),
  ...phases(31, "current", (phase) => number("A", phase)),
  ...phases(33, "power_factor", (phase): Metric => ({ type: "number", description: phase })),
  ["1-0:13.7.0", ["power_factor", { type: "number", description: "of all phases" }]],
  ["1-0:12.7.0", ["voltage", number("V", "of one phase, or their mean")]],
  ["1-0:11.7.0", ["current", number("A", "of one phase, or their sum")]],
  ["1-0:91.7.0", ["current_neutral", number("A", "of the neutral wire")]],
  ["1-0:14.7.0", ["frequency", number("Hz", "of the grid")]],
  ["1-0:81.7.1", ["voltage_angle_l2_l1", number("deg", "U(L2) to U(L1)")]],
  ["1-0:81.7.2", ["voltage_angle_l3_l1", number("deg", "U(L3) to U(L1)")]],
  ["1-0:81.7.4", ["current_angle_l1", number("deg", "I(L1) to U(L1)")]],
  ["1-0:81.7.15", ["current_angle_l2", number("deg", "I(L2) to U(L2)")]],
  ["1-0:81.7.26", ["current_angle_l3", number("deg", "I(L3) to U(L3)")]],
  ["1-0:0.2.0*0", ["firmware", { type: "text", description: "version of the firmware" }]],
]);

/** Entries that say what `server_id` says. */
export const SERVER_IDS: ReadonlySet<string> = new Set(["1-0:0.0.9", "1-0:96.1.0"]);
/** Its maker: of the older meters, and of the newer ones. */
export const MANUFACTURERS: ReadonlySet<string> = new Set(["129-129:199.130.3", "1-0:96.50.1*1"]);
/** The meter's public key, the same in every frame. */
export const PUBLIC_KEY = "129-129:199.130.5";
