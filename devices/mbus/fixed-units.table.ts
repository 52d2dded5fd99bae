import type { Quantity } from "./quantities.table.ts";

const powers = (
  first: number,
  count: number,
  name: string,
  unit: string,
  exponent: number,
): [number, Quantity][] =>
  Array.from({ length: count }, (_, index) => [first + index, { name, unit, exponent: exponent + index }]);

/** Units of fixed data, by their code. M-Bus documentation 4.8, 8.3.2 (codes 00 and 01 are times of day). */
export const UNITS: Readonly<Record<number, Quantity>> = Object.fromEntries([
  ...powers(0x02, 9, "energy", "Wh", 0),
  ...powers(0x0b, 9, "energy_joule", "J", 3),
  ...powers(0x14, 9, "power", "W", 0),
  ...powers(0x1d, 9, "power_joule", "J/h", 3),
  ...powers(0x26, 9, "volume", "m3", -6),
  ...powers(0x2f, 9, "volume_flow", "m3/h", -6),
  [0x38, { name: "temperature", unit: "Cel", exponent: -3 }],
  [0x39, { name: "heat_cost" }],
]);
