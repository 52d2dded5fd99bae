import type { Metric, Metrics } from "../../src/message/index.ts";
import { ELECTRICITY } from "../iec62056-21/electricity.table.ts";

/** How the value of an object is read. */
export type Kind = "number" | "count" | "word" | "text" | "time";

/** What an object is to a reading. */
export interface ObjectMetric {
  readonly name: string;
  readonly kind: Kind;
  readonly metric: Metric;
}

const count = (name: string, description: string): ObjectMetric => ({
  name,
  kind: "count",
  metric: { type: "integer", description },
});
const text = (name: string, description: string): ObjectMetric => ({
  name,
  kind: "text",
  metric: { type: "text", description },
});
const word = (name: string, description: string): ObjectMetric => ({
  name,
  kind: "word",
  metric: { type: "text", description },
});

const PHASES = [1, 2, 3] as const;

const OWN: readonly (readonly [string, ObjectMetric])[] = [
  ["1-3:0.2.8", word("version", "of DSMR: 42 is 4.2")],
  ["0-0:96.1.4", word("version", "of eMUCS and DSMR: 50213 is DSMR 5.0.2, eMUCS 1.3")],
  [
    "0-0:1.0.0",
    {
      name: "meter_time",
      kind: "time",
      metric: { type: "text", description: "the meter's clock, ISO 8601 with the offset of the season" },
    },
  ],
  ["0-0:96.1.1", text("equipment_id", "number of the meter")],
  ["0-0:96.1.0", text("equipment_id", "number of the meter")],
  ["0-0:42.0.0", text("equipment_id", "number of the meter")],
  [
    "0-0:96.14.0",
    count("tariff", "under way: 1 low and 2 normal in the Netherlands, the reverse in Belgium"),
  ],
  ["0-0:96.3.10", count("breaker", "0 off, 1 on, 2 ready to be switched on")],
  ["0-1:96.3.10", count("relay_1", "0 off, 1 on")],
  ["0-2:96.3.10", count("relay_2", "0 off, 1 on")],
  ["0-0:96.7.21", count("power_failures", "in any phase")],
  ["0-0:96.7.9", count("long_power_failures", "in any phase")],
  ...PHASES.flatMap((phase): (readonly [string, ObjectMetric])[] => [
    [`1-0:${phase * 20 + 12}.32.0`, count(`voltage_sags_l${phase}`, `sags of phase ${phase}`)],
    [`1-0:${phase * 20 + 12}.36.0`, count(`voltage_swells_l${phase}`, `swells of phase ${phase}`)],
  ]),
  ["0-0:96.13.0", text("message", "text for the consumer")],
  ["0-0:96.13.1", text("message_code", "code for the consumer")],
];

/**
 * The threshold at which the meter cuts off is a power or, in DSMR 3 and for a fuse, a current.
 * P1 3.0 (0-0:17.0.0) and eMUCS-P1 (1-0:31.4.0).
 */
export const POWER_LIMIT: ObjectMetric = {
  name: "power_limit",
  kind: "number",
  metric: { type: "number", unit: "kW", description: "power at which the meter cuts off" },
};
export const CURRENT_LIMIT: ObjectMetric = {
  name: "current_limit",
  kind: "number",
  metric: { type: "number", unit: "A", description: "current at which the meter cuts off" },
};

/** Objects by their code. P1 5.0.2, 6.12; P1 3.0; eMUCS-P1; Smarty P1. */
export const OBJECTS: ReadonlyMap<string, ObjectMetric> = new Map([
  ...[...ELECTRICITY].map(([code, entry]) => [`1-0:${code}`, { ...entry, kind: "number" as const }] as const),
  ...OWN,
  ["0-0:17.0.0", POWER_LIMIT],
  ["1-0:31.4.0", CURRENT_LIMIT],
]);

/** When the highest quarter-hour mean was. */
export const PEAK_TIME: Metric = { type: "text", description: "when that was, ISO 8601" };

/** What a sub-meter counts: the metric's prefix and its unit. */
export interface Medium {
  readonly prefix: string;
  readonly quantity: "volume" | "energy";
  readonly unit: string;
  readonly description: string;
}

const GAS: Medium = { prefix: "gas", quantity: "volume", unit: "m3", description: "gas" };
const HEAT: Medium = { prefix: "heat", quantity: "energy", unit: "GJ", description: "heat" };
const COLD: Medium = { prefix: "cooling", quantity: "energy", unit: "GJ", description: "cold" };

/** By the device type of an M-Bus device, 0-n:24.1.0. EN 13757-3, device types. */
export const MEDIA: ReadonlyMap<number, Medium> = new Map([
  [
    2,
    {
      prefix: "sub_electricity",
      quantity: "energy",
      unit: "kW.h",
      description: "electricity of a sub-meter",
    },
  ],
  [3, GAS],
  [4, HEAT],
  [6, { prefix: "hot_water", quantity: "volume", unit: "m3", description: "hot water" }],
  [7, { prefix: "water", quantity: "volume", unit: "m3", description: "water" }],
  [10, COLD],
  [11, COLD],
  [12, HEAT],
  [13, HEAT],
]);

/** Metrics of a sub-meter. @param suffix of the second and further ones that count the same */
export function subMeterMetrics({ prefix, quantity, unit, description }: Medium, suffix = ""): Metrics {
  return {
    [`${prefix}_${quantity}${suffix}`]: { type: "number", unit, description },
    [`${prefix}_time${suffix}`]: {
      type: "text",
      description: `when ${description} was last read by the meter, ISO 8601`,
    },
    [`${prefix}_id${suffix}`]: { type: "text", description: `number of the sub-meter for ${description}` },
    [`${prefix}_valve${suffix}`]: {
      type: "integer",
      description: `valve or breaker for ${description}: 0 off, 1 on, 2 released`,
    },
  };
}

/** Everything that is said of a meter before its first telegram. What else it sends is described when it comes. */
export const METRICS: Metrics = {
  identification: { type: "text", description: "maker and type, as the meter names itself" },
  ...Object.fromEntries([...OBJECTS.values()].map(({ name, metric }) => [name, metric])),
  demand_import_max_time: PEAK_TIME,
  ...Object.assign({}, ...[...new Set(MEDIA.values())].map((medium) => subMeterMetrics(medium))),
};
