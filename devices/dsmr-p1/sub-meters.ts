import type { Metric, Metrics, Value } from "../../src/message/index.ts";
import type { DataSet } from "../iec62056-21/data-sets.ts";
import type { MetricRegister } from "../iec62056-21/metric-register.ts";
import { numberOf, readQuantity } from "../iec62056-21/quantity.ts";
import { placesBetween, unitCode } from "../iec62056-21/units.table.ts";
import { MEDIA, subMeterMetrics, type Medium } from "./objects.table.ts";
import { readText, readTime } from "./values.ts";

/** 0-n:… with n from 1 to 4: what the meter passes on from a gas, water or heat meter, read over M-Bus. */
const SUB_METER = /^0-([1-9]):(24|96)\.(\d+)\.(\d+)$/;

interface SubMeter {
  readonly channel: number;
  type?: number;
  id?: string | null;
  valve?: number;
  value?: number;
  unit?: string;
  time?: string;
}

/**
 * The sub-meters of one telegram. Each has a time of its own: gas meters report once an hour, or every five minutes.
 * A channel stays when its meter is exchanged and the new one takes the next; the old one's value is then one without a unit, of a
 * time that never was. So a metric is named for what is counted, and the first channel that has a value gives it.
 */
export class SubMeters {
  readonly #meters = new Map<number, SubMeter>();
  #isFaulty = false;

  /** A value was there that cannot be one. */
  get isFaulty(): boolean {
    return this.#isFaulty;
  }

  /** @returns false if the object is not of a sub-meter */
  take({ address, values }: DataSet): boolean {
    const [, channel, group, d, e] = SUB_METER.exec(address) ?? [];
    if (channel === undefined) return false;
    const code = `${group}.${d}.${e}`;
    const meter = this.#meters.get(Number(channel)) ?? { channel: Number(channel) };
    const [first = ""] = values;
    if (code === "24.1.0") meter.type = Number.parseInt(first, 10);
    else if (code === "96.1.0" || code === "96.1.1") meter.id = readText(first);
    else if (code === "24.4.0") meter.valve = Number.parseInt(first, 10);
    else if (/^24\.2\.[13]$/.test(code)) this.#value(meter, first, values[1]);
    else if (code === "24.3.0") this.#value(meter, first, `${values[6]}*${values[5]}`);
    else return false;
    this.#meters.set(meter.channel, meter);
    return true;
  }

  putInto(values: Record<string, Value>, register: MetricRegister): void {
    const meters = [...this.#meters.values()].sort((a, b) => Number(isDead(a)) - Number(isDead(b)));
    const seen = new Set<Medium>();
    for (const meter of meters) {
      const medium = MEDIA.get(meter.type ?? -1) ?? unknownMedium(meter);
      if (!medium || (seen.has(medium) && isDead(meter))) continue;
      const suffix = seen.has(medium) ? `_ch${meter.channel}` : "";
      seen.add(medium);
      put(meter, medium, suffix, values, register);
    }
  }

  /** `(time)(value*unit)`. Without a unit, or of an impossible time, it is the filling of a channel that has no meter. */
  #value(meter: SubMeter, time: string, value = ""): void {
    const quantity = readQuantity(value);
    if (!quantity && value !== "" && !value.startsWith("*")) this.#isFaulty = true;
    const at = readTime(time);
    if (quantity?.unit === undefined || at === undefined) return;
    meter.value = numberOf(quantity);
    meter.unit = quantity.unit;
    meter.time = at;
  }
}

/** A device whose type is not said, or none of the table, goes by its channel. */
function unknownMedium({ channel, type, unit }: SubMeter): Medium | undefined {
  if (unit === undefined) return undefined;
  const quantity = placesBetween(unit, "m3") === undefined ? "energy" : "volume";
  const description = type === undefined ? `sub-meter ${channel}` : `M-Bus device of type ${type}`;
  return { prefix: `sub_meter_${channel}`, quantity, unit: unitCode(unit), description };
}

function isDead({ value }: SubMeter): boolean {
  return value === undefined;
}

function put(
  meter: SubMeter,
  medium: Medium,
  suffix: string,
  values: Record<string, Value>,
  register: MetricRegister,
): void {
  const [amount = "", time = "", id = "", valve = ""] = Object.keys(subMeterMetrics(medium, suffix));
  const metrics: Metrics = subMeterMetrics(medium, suffix);
  const add = (name: string, value: Value, more: Partial<Metric> = {}): void =>
    register.put(values, name, value, { type: "text", ...metrics[name], ...more });
  add(amount, meter.value ?? null, unitOf(meter, medium));
  add(time, meter.time ?? null);
  if (meter.id !== undefined) add(id, meter.id);
  if (meter.valve !== undefined && Number.isFinite(meter.valve)) add(valve, meter.valve);
}

/** A heat meter may count in GJ or in MWh: the metric takes the meter's unit. */
function unitOf({ unit }: SubMeter, medium: Medium): Partial<Metric> {
  return unit === undefined || placesBetween(unit, medium.unit) === 0 ? {} : { unit: unitCode(unit) };
}
