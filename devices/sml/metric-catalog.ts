import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import { USUAL_METRICS, type Reading } from "./readings.ts";

/** Most metrics of one meter; meters have 5 to 40. */
const MAX_METRICS = 128;

/** The metrics that a meter has sent so far. A metric keeps the type of its first value. */
export class MetricCatalog {
  readonly #known = new Map<string, Metric>(Object.entries(USUAL_METRICS));

  admit({ values, metrics }: Reading): { readonly values: Values; readonly discovered?: Metrics } {
    const discovered: Record<string, Metric> = {};
    const kept: Record<string, Value> = {};
    for (const [name, value] of Object.entries(values)) {
      const known = this.#known.get(name) ?? metrics[name];
      if (!known) continue;
      if (!this.#known.has(name)) {
        if (this.#known.size >= MAX_METRICS) continue;
        this.#known.set(name, known);
        discovered[name] = known;
      }
      kept[name] = value === null || isOf(known, value) ? value : null;
    }
    return Object.keys(discovered).length > 0 ? { values: kept, discovered } : { values: kept };
  }
}

function isOf({ type }: Metric, value: Value): boolean {
  if (type === "text" || type === "boolean") return typeof value === (type === "text" ? "string" : type);
  return typeof value === "number";
}
