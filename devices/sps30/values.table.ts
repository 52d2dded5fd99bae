import type { Metric } from "../../src/message/index.ts";

const mass = (to: string): Metric => ({
  type: "number",
  unit: "ug/m3",
  description: `particles from 0.3 to ${to} um`,
});
const count = (to: string): Metric => ({
  type: "number",
  unit: "/cm3",
  description: `number of particles from 0.3 to ${to} um`,
});

/** What a measurement has, in its order. Data sheet V1.0, 5.3, "Read Measured Values". */
export const VALUES = {
  pm1: mass("1.0"),
  pm2_5: mass("2.5"),
  pm4: mass("4.0"),
  pm10: mass("10"),
  number_0_5: count("0.5"),
  number_1: count("1.0"),
  number_2_5: count("2.5"),
  number_4: count("4.0"),
  number_10: count("10"),
  typical_size: { type: "number", unit: "um", description: "typical size of the particles" },
} as const satisfies Readonly<Record<string, Metric>>;

export const FAULT: Metric = {
  type: "boolean",
  description: "the sensor reports an error; the command `status` tells which",
};

/** Why the sensor did not do as it was told. Data sheet V1.0, 5.2, "State". */
export const ERRORS: Readonly<Record<number, string>> = {
  0x01: "wrong length of the data",
  0x02: "unknown command",
  0x03: "no access right for the command",
  0x04: "illegal parameter, or one out of its range",
  0x28: "internal function argument out of its range",
  0x43: "command not allowed in the present state: is it measuring?",
};
