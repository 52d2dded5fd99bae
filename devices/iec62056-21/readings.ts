import type { Metrics, Value } from "../../src/message/index.ts";
import { withoutUnusedGroup, type DataSet } from "./data-sets.ts";
import { ELECTRICITY, type NamedMetric } from "./electricity.table.ts";
import { GENERAL, HEAT } from "./heat.table.ts";
import { nameOfAddress, type MetricRegister } from "./metric-register.ts";
import type { Readout } from "./protocol.ts";
import { numberOf, readQuantity, type Quantity } from "./quantity.ts";
import { isUnit, placesBetween, unitCode } from "./units.table.ts";

/** What is known of a meter before its first read-out; what it measures it tells itself. */
export const METRICS: Metrics = {
  manufacturer: { type: "text", description: "three letters, as the FLAG association registers them" },
  identification: { type: "text", description: "type of the meter, as it names itself" },
};

export interface Reading {
  readonly values: Readonly<Record<string, Value>>;
  /** A number was there that cannot be one: in a read-out without a check nobody can say which others are right. */
  readonly isFaulty: boolean;
}

/** @returns undefined if the read-out has no data */
export function readingOf(readout: Readout, register: MetricRegister): Reading | undefined {
  const { identification, sets } = readout;
  const values: Record<string, Value> = {};
  let isFaulty = false;
  for (const set of sets) isFaulty = put(set, values, register) || isFaulty;
  if (Object.keys(values).length === 0) return undefined;
  const { manufacturer, type } = identification;
  return { values: { manufacturer, identification: type, ...values }, isFaulty };
}

/** `*01`, `&01`: the value at the end of the last billing period, or the one before. IEC 62056-61, value group F. */
const STORED = /^(.+?)[*&](\d{1,2})$/;
/** Electricity by its full code, and the reduced one. */
const MEDIUM_1 = /^1-\d{1,3}:(.+)$/;

/** The metric of an address, and the suffix of a stored value. */
function entryOf(address: string): { readonly entry: NamedMetric | undefined; readonly suffix: string } {
  const [, current = address, period] = STORED.exec(address) ?? [];
  const code = MEDIUM_1.exec(current)?.[1] ?? current;
  const entry = ELECTRICITY.get(code) ?? HEAT.get(code) ?? GENERAL.get(code);
  return { entry, suffix: period === undefined ? "" : `_${period}` };
}

/** @returns whether a number was none, or of a unit that there is not */
function put(set: DataSet, values: Record<string, Value>, register: MetricRegister): boolean {
  const address = withoutUnusedGroup(set.address);
  const { entry, suffix } = entryOf(address);
  const name = entry ? entry.name + suffix : nameOfAddress(address);
  const [first = "", ...further] = set.values;
  if (name === undefined) return true;
  for (const [index, value] of further.entries())
    putUnknown(`${name}_${isTime(value) ? "time" : index + 2}`, address, value, values, register);
  if (!entry || entry.metric.type === "text") {
    putUnknown(name, address, first, values, register, entry);
    return false;
  }
  const quantity = readQuantity(first);
  const metric = quantity ? inMetersUnit(entry, quantity) : entry.metric;
  const places = quantity?.unit === undefined ? 0 : placesBetween(quantity.unit, metric.unit ?? "1");
  const isNumber = quantity !== undefined && places !== undefined;
  register.put(values, name, isNumber ? numberOf(quantity, places) : null, metric);
  const hasOddUnit = quantity?.unit !== undefined && !isUnit(quantity.unit);
  return hasOddUnit || (!isNumber && first.trim() !== "");
}

/** A metric keeps its unit where the meter's can be converted, else it takes the meter's: heat may be in GJ as well as in MWh. */
function inMetersUnit({ metric }: NamedMetric, { unit }: Quantity): NamedMetric["metric"] {
  if (unit === undefined || placesBetween(unit, metric.unit ?? "1") !== undefined) return metric;
  return { ...metric, unit: unitCode(unit) };
}

/** A number if it has a unit, else a text: digits alone may be a serial number or a code, of which the zeros in front count. */
function putUnknown(
  name: string,
  address: string,
  value: string,
  values: Record<string, Value>,
  register: MetricRegister,
  entry?: NamedMetric,
): void {
  const description = entry?.metric.description ?? `address ${address}`;
  const quantity = entry ? undefined : readQuantity(value);
  if (quantity?.unit === undefined) {
    const text = value.trim();
    register.put(values, name, text === "" ? null : text, { type: "text", description });
  } else
    register.put(values, name, numberOf(quantity), {
      type: "number",
      unit: unitCode(quantity.unit),
      description,
    });
}

/** When a peak was: YYMMDDhhmm and the like, or with hyphens. */
function isTime(value: string): boolean {
  return /^\d{10,14}[A-Z]?$|^\d\d(?:\d\d)?-\d\d-\d\d/.test(value);
}
