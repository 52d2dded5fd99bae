import type { Metric, Value } from "../../src/message/index.ts";
import type { DataSet } from "../iec62056-21/data-sets.ts";
import { nameOfAddress, type MetricRegister } from "../iec62056-21/metric-register.ts";
import { numberOf, readQuantity } from "../iec62056-21/quantity.ts";
import { placesBetween, unitCode } from "../iec62056-21/units.table.ts";
import { CURRENT_LIMIT, OBJECTS, PEAK_TIME, POWER_LIMIT, type ObjectMetric } from "./objects.table.ts";
import type { Telegram } from "./protocol.ts";
import { SubMeters } from "./sub-meters.ts";
import { readText, readTime } from "./values.ts";

/** The months' peaks in Belgium: 0-0:98.1.0(n)(code)(code) and n times (end)(time)(value). eMUCS-P1. */
const MONTHS = "0-0:98.1.0";
const MONTHS_AT = 3;
const MAX_MONTHS = 13;
const LIMITS: ReadonlySet<string> = new Set(["0-0:17.0.0", "1-0:31.4.0"]);

export interface Reading {
  readonly values: Readonly<Record<string, Value>>;
  /** A number was there that cannot be one: in a telegram without a CRC nobody can say which others are right. */
  readonly isFaulty: boolean;
}

/** @returns what of the telegram has a metric; undefined if nothing has */
export function readingOf(telegram: Telegram, register: MetricRegister): Reading | undefined {
  const values: Record<string, Value> = {};
  const reader = new ObjectReader(values, register);
  for (const object of telegram.objects) reader.read(object);
  reader.end();
  if (Object.keys(values).length === 0) return undefined;
  return { values: { identification: telegram.identification, ...values }, isFaulty: reader.isFaulty };
}

class ObjectReader {
  readonly #values: Record<string, Value>;
  readonly #register: MetricRegister;
  readonly #subMeters = new SubMeters();
  #isFaulty = false;

  constructor(values: Record<string, Value>, register: MetricRegister) {
    this.#values = values;
    this.#register = register;
  }

  get isFaulty(): boolean {
    return this.#isFaulty || this.#subMeters.isFaulty;
  }

  read(object: DataSet): void {
    const { address, values } = object;
    const [first = ""] = values;
    if (address === MONTHS) return this.#months(values);
    const entry = LIMITS.has(address) ? limitOf(first) : OBJECTS.get(address);
    // 0-1:96.3.10 is a relay of the meter itself, the other 0-n are sub-meters.
    if (!entry) return this.#subMeters.take(object) ? undefined : this.#other(object);
    if (entry.kind === "number") return this.#number(entry, values);
    this.#put(entry, this.#simple(entry, first));
  }

  end(): void {
    this.#subMeters.putInto(this.#values, this.#register);
  }

  #simple({ kind }: ObjectMetric, value: string): Value {
    switch (kind) {
      case "time":
        return readTime(value) ?? null;
      case "text":
        return readText(value);
      case "word":
        return value === "" ? null : value;
      default:
        if (!/^\d{0,12}$/.test(value)) this.#isFaulty = true;
        return /^\d{1,12}$/.test(value) ? Number(value) : null;
    }
  }

  /** `(value*unit)`, or `(time)(value*unit)` of a peak. */
  #number(entry: ObjectMetric, values: readonly string[]): void {
    const value = values.at(-1) ?? "";
    const quantity = readQuantity(value);
    if (!quantity && value !== "") this.#isFaulty = true;
    const { unit } = entry.metric;
    const places = quantity?.unit === undefined ? 0 : placesBetween(quantity.unit, unit ?? "1");
    if (quantity && places === undefined) this.#isFaulty = true;
    this.#put(entry, quantity && places !== undefined ? numberOf(quantity, places) : null);
    const time = values.length === 2 ? readTime(values[0] ?? "") : undefined;
    if (time !== undefined) this.#register.put(this.#values, `${entry.name}_time`, time, PEAK_TIME);
  }

  #months(values: readonly string[]): void {
    for (let month = 1; month <= MAX_MONTHS; month++) {
      const [, time = "", value = ""] = values.slice(MONTHS_AT + (month - 1) * 3);
      const quantity = readQuantity(value);
      const places = placesBetween(quantity?.unit ?? "", "kW");
      if (!quantity || places === undefined) return;
      const name = `demand_peak_${month}`;
      const description = `highest quarter-hour mean of month ${month} in the meter's list`;
      this.#register.put(this.#values, name, numberOf(quantity, places), {
        type: "number",
        unit: "kW",
        description,
      });
      this.#register.put(this.#values, `${name}_time`, readTime(time) ?? null, PEAK_TIME);
    }
  }

  /** A number with a unit says what it is, even where the table does not: it goes by its code. The failure log is left out. */
  #other({ address, values }: DataSet): void {
    const quantity = values.length === 1 ? readQuantity(values[0] ?? "") : undefined;
    const name = nameOfAddress(address);
    if (quantity?.unit === undefined || name === undefined) return;
    const metric: Metric = {
      type: "number",
      unit: unitCode(quantity.unit),
      description: `OBIS code ${address}`,
    };
    this.#register.put(this.#values, name, numberOf(quantity), metric);
  }

  #put({ name, metric }: ObjectMetric, value: Value): void {
    this.#register.put(this.#values, name, value, metric);
  }
}

function limitOf(value: string): ObjectMetric {
  return placesBetween(readQuantity(value)?.unit ?? "", "A") === undefined ? POWER_LIMIT : CURRENT_LIMIT;
}
