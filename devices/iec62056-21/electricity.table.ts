import type { Metric } from "../../src/message/index.ts";

/** A metric by its name, for the codes of the tables. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
}

const number = (name: string, unit: string, description: string): NamedMetric => ({
  name,
  metric: { type: "number", unit, description },
});
const bare = (name: string, description: string): NamedMetric => ({
  name,
  metric: { type: "number", description },
});

/** Value group C: what is counted. IEC 62056-61. */
const ENERGIES: readonly (readonly [c: number, name: string, unit: string, what: string])[] = [
  [1, "energy_import", "kW.h", "active energy taken from the grid"],
  [2, "energy_export", "kW.h", "active energy given to the grid"],
  [3, "reactive_energy_import", "kvarh", "reactive energy taken"],
  [4, "reactive_energy_export", "kvarh", "reactive energy given"],
];
const QUADRANTS = [1, 2, 3, 4] as const;
const TARIFFS = [1, 2, 3, 4] as const;
const PHASES = [1, 2, 3] as const;

/** Value group D, 7: instantaneous. Added to 20, 40 and 60 the same are those of a phase. */
const INSTANTS: readonly (readonly [c: number, name: string, unit: string, what: string])[] = [
  [1, "power_import", "kW", "active power taken from the grid"],
  [2, "power_export", "kW", "active power given to the grid"],
  [3, "reactive_power_import", "kvar", "reactive power taken"],
  [4, "reactive_power_export", "kvar", "reactive power given"],
  [9, "apparent_power_import", "kV.A", "apparent power taken"],
  [16, "power", "kW", "active power, taken less given"],
];

const totals: readonly (readonly [string, NamedMetric])[] = [
  ...ENERGIES.flatMap(([c, name, unit, what]): (readonly [string, NamedMetric])[] => [
    [`${c}.8.0`, number(name, unit, `${what}, all tariffs`)],
    ...TARIFFS.map(
      (tariff) =>
        [`${c}.8.${tariff}`, number(`${name}_tariff_${tariff}`, unit, `${what}, tariff ${tariff}`)] as const,
    ),
  ]),
  ...QUADRANTS.map(
    (q) =>
      [`${4 + q}.8.0`, number(`reactive_energy_q${q}`, "kvarh", `reactive energy, quadrant ${q}`)] as const,
  ),
  ["1.4.0", number("demand_import", "kW", "mean power taken, of the quarter-hour under way")],
  ["1.6.0", number("demand_import_max", "kW", "highest quarter-hour mean of the billing period")],
  ["2.6.0", number("demand_export_max", "kW", "highest quarter-hour mean given, of the billing period")],
  ...INSTANTS.map(([c, name, unit, what]) => [`${c}.7.0`, number(name, unit, what)] as const),
  ["13.7.0", bare("power_factor", "of all phases")],
  ["14.7.0", number("frequency", "Hz", "of the grid")],
];

const phases: readonly (readonly [string, NamedMetric])[] = PHASES.flatMap(
  (phase): (readonly [string, NamedMetric])[] => {
    const c = phase * 20;
    return [
      ...INSTANTS.map(
        ([own, name, unit, what]) =>
          [`${c + own}.7.0`, number(`${name}_l${phase}`, unit, `${what}, phase ${phase}`)] as const,
      ),
      [`${c + 11}.7.0`, number(`current_l${phase}`, "A", `current of phase ${phase}`)],
      [`${c + 12}.7.0`, number(`voltage_l${phase}`, "V", `voltage of phase ${phase}`)],
      [`${c + 13}.7.0`, bare(`power_factor_l${phase}`, `power factor of phase ${phase}`)],
    ];
  },
);

/** Electricity by value groups C.D.E: the reduced code `1.8.0`, or what follows `1-0:`. IEC 62056-61. */
export const ELECTRICITY: ReadonlyMap<string, NamedMetric> = new Map([...totals, ...phases]);
