import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import { fixedValues } from "./fixed.ts";
import { mediumOf } from "./identity.ts";
import type { DataRecord } from "./records.ts";
import type { Telegram } from "./telegram.ts";
import { valueOf, type RecordValue } from "./values.ts";

/** What every meter says of itself. */
export const IDENTITY_METRICS = {
  meter_id: { type: "text", description: "identification, usually the number on the meter's face" },
  manufacturer: { type: "text", description: "three letters of the FLAG list; not in fixed data" },
  version: { type: "integer", description: "of the meter's kind, its maker's own; not in fixed data" },
  medium: { type: "text", description: "heat, water, electricity, …" },
  status: {
    type: "integer",
    description: "0 is good; 4 low power, 8 lasting error, 16 passing error, 32 and more the maker's own",
  },
} as const satisfies Metrics;

/** Most characters of a name. docs/protocol.md, "Names" */
const MAX_NAME = 63;

export type Measured = Exclude<Telegram, { type: "error" }>;

/** A telegram as a reading, and the metrics that are in it. */
export function readingOf(telegram: Measured): { readonly values: Values; readonly metrics: Metrics } {
  const values: Record<string, Value> = { ...identityOf(telegram) };
  const metrics: Record<string, Metric> = {};
  for (const found of valuesOf(telegram)) {
    const name = unused(found.name, values);
    values[name] = found.value;
    metrics[name] = metricOf(found);
  }
  return { values, metrics };
}

function identityOf(telegram: Measured): Values {
  if (telegram.type === "fixed") {
    const { id, mediumCode, status } = telegram.fixed;
    return { meter_id: id, medium: mediumOf(mediumCode), status };
  }
  const { id, manufacturer, version, mediumCode, status } = telegram.identity;
  return { meter_id: id, manufacturer, version, medium: mediumOf(mediumCode), status };
}

function valuesOf(telegram: Measured): RecordValue[] {
  if (telegram.type === "fixed") return fixedValues(telegram.fixed);
  return telegram.records.flatMap((record) => {
    // A request for data, or a place for none.
    if (record.content.length === 0 && record.variable === undefined) return [];
    const value = valueOf(record);
    return [{ ...value, name: value.name + placeOf(record) }];
  });
}

const STATISTICS = { instantaneous: "", maximum: "_max", minimum: "_min", error: "_error" } as const;

/** The end of a name: what it is of the quantity, then storage, tariff and subunit, if they are not 0. */
function placeOf({ statistic, storage, tariff, subunit }: DataRecord): string {
  const numbers = Object.entries({ s: storage, t: tariff, u: subunit });
  return STATISTICS[statistic] + numbers.map(([letter, n]) => (n === 0 ? "" : `_${letter}${n}`)).join("");
}

/** Some meters send two records that nothing tells apart: the second gets `_2`. */
function unused(name: string, taken: Values): string {
  const short = name.slice(0, MAX_NAME);
  if (!(short in taken)) return short;
  for (let count = 2; ; count++) {
    const next = `${name.slice(0, MAX_NAME - 4)}_${count}`;
    if (!(next in taken)) return next;
  }
}

function metricOf({ unit, isDate, value }: RecordValue): Metric {
  if (isDate) return { type: "text", description: "ISO 8601, the meter's own clock" };
  return { type: typeof value === "string" ? "text" : "number", ...(unit === undefined ? {} : { unit }) };
}
