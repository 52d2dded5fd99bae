import type { Metrics, MetricType, Value, Values } from "../../src/message/index.ts";

/** Most metrics of one meter; a device may declare 256. */
export const MAX_DISCOVERED = 240;

export interface Admitted {
  readonly values: Values;
  /** Metrics that were not known before. */
  readonly discovered?: Metrics;
  /** How many values were left out because there are too many metrics. */
  readonly left: number;
}

/** The metrics that a meter has sent so far. A metric keeps the type of its first value. */
export class MetricCatalog {
  readonly #types = new Map<string, MetricType>();

  admit({ values, metrics }: { readonly values: Values; readonly metrics: Metrics }): Admitted {
    const kept: Record<string, Value> = {};
    const discovered: [string, Metrics[string]][] = [];
    let left = 0;
    for (const [name, value] of Object.entries(values)) {
      const metric = metrics[name];
      if (metric && !this.#types.has(name)) {
        if (this.#types.size === MAX_DISCOVERED) {
          left++;
          continue;
        }
        this.#types.set(name, metric.type);
        discovered.push([name, metric]);
      }
      kept[name] = metric ? coerce(value, this.#types.get(name)) : value;
    }
    return {
      values: kept,
      ...(discovered.length > 0 ? { discovered: Object.fromEntries(discovered) } : {}),
      left,
    };
  }
}

function coerce(value: Value, type: MetricType | undefined): Value {
  if (value === null || type === undefined) return value;
  if (type === "text") return String(value);
  return typeof value === "number" ? value : null;
}
