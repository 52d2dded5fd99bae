import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import { FIELDS, type TextField } from "./fields.table.ts";
import { HISTORY } from "./history.ts";

/** What stands in a field that the device has no value for. VE.Direct Protocol 3.33, "T", "VS", "H9". */
const NO_VALUE = "---";

/** Most fields that are taken although their labels are not known; newer firmware has some. */
const MAX_UNKNOWN = 64;

export const METRICS: Metrics = Object.fromEntries([
  ...Object.values(FIELDS).map(({ name, metric }) => [name, metric] as const),
  ...Object.entries(HISTORY).map(([name, { metric }]) => [name, metric] as const),
]);

/** A block's values by metric. */
export interface BlockValues {
  readonly values: Values;
  /** Metrics of fields with labels that have not been seen before. */
  readonly found?: Metrics;
}

/** Turns fields into values, and learns the labels that it does not know. */
export class FieldReader {
  readonly #unknown = new Map<string, TextField>();

  /** @returns undefined if a field is not what it should be: the sum was right, so nobody can say which other to trust */
  read(fields: readonly (readonly [label: string, value: string])[]): BlockValues | undefined {
    const values: Record<string, Value> = {};
    const found: Record<string, Metric> = {};
    for (const [label, text] of fields) {
      // A label such as `constructor` is an object's own, and no field.
      const known = Object.hasOwn(FIELDS, label) ? FIELDS[label] : this.#unknown.get(label);
      const field = known ?? this.#learn(label, text, found);
      if (!field) continue;
      const value = valueOf(text, field);
      if (value === undefined) return undefined;
      values[field.name] = value;
    }
    if (Object.keys(values).length === 0) return undefined;
    return Object.keys(found).length > 0 ? { values, found } : { values };
  }

  /** Of a field without a value it is not known what it would be. */
  #learn(label: string, text: string, found: Record<string, Metric>): TextField | undefined {
    const name = label
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, 63);
    if (text === NO_VALUE || name === "" || this.#unknown.size === MAX_UNKNOWN) return undefined;
    if (Object.hasOwn(METRICS, name) || [...this.#unknown.values()].some((one) => one.name === name))
      return undefined;
    const type = /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? "integer" : "text";
    const field = {
      name,
      metric: { type, description: `${label}, which this driver does not know` },
    } as const;
    this.#unknown.set(label, field);
    found[name] = field.metric;
    return field;
  }
}

function valueOf(text: string, { metric, divisor = 1 }: TextField): Value | undefined {
  if (text === NO_VALUE) return null;
  switch (metric.type) {
    case "text":
      return text;
    case "boolean":
      return TRUTHS[text.toUpperCase()];
    default:
      return numberOf(text, divisor);
  }
}

const TRUTHS: Readonly<Record<string, boolean>> = { ON: true, OFF: false };

/** Bits come in hexadecimal in some fields (`OR`), and leading zeros in any. */
function numberOf(text: string, divisor: number): number | undefined {
  if (!/^(?:[-+]?\d+|0x[0-9a-f]+)$/i.test(text)) return undefined;
  const value = Number(text);
  // Without the minus of -0, which would be a value of its own.
  return Number.isSafeInteger(value) ? value / divisor + 0 : undefined;
}
