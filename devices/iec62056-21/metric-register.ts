import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";

/**
 * The metrics of one meter: those that its driver declares, and those found in its telegrams, up to a number: noise that
 * looks like data must not fill the memory. A metric keeps the type of its first value.
 */
export class MetricRegister {
  readonly #known = new Map<string, Metric>();
  readonly #max: number;
  #found: Record<string, Metric> = {};
  #left: string | undefined;
  #leftTold = false;

  /** @param maxFound how many are taken beyond the declared ones */
  constructor(declared: Metrics, maxFound: number) {
    for (const [name, metric] of Object.entries(declared)) this.#known.set(name, metric);
    this.#max = this.#known.size + maxFound;
  }

  /** Puts a value into a reading. Of a name that is there already the first value stays; what is of another type is no value. */
  put(values: Record<string, Value>, name: string, value: Value, metric: Metric): void {
    if (Object.hasOwn(values, name)) return;
    const known = this.#known.get(name);
    if (!known && value === null) return;
    if (!known && this.#known.size >= this.#max) {
      this.#left ??= name;
      return;
    }
    const isNumber = typeof value === "number";
    if (!known || (isNumber && known.type !== "text" && known.unit !== metric.unit))
      this.#learn(name, metric);
    const type = this.#known.get(name)?.type;
    values[name] = value === null || isNumber === (type === "number" || type === "integer") ? value : null;
  }

  /** What was found since the last time, or has another unit than was said; undefined if nothing. */
  takeFound(): Metrics | undefined {
    const found = this.#found;
    this.#found = {};
    return Object.keys(found).length === 0 ? undefined : found;
  }

  /** The first metric for which there was no room; told once. */
  takeLeft(): string | undefined {
    if (this.#leftTold || this.#left === undefined) return undefined;
    this.#leftTold = true;
    return this.#left;
  }

  #learn(name: string, metric: Metric): void {
    this.#known.set(name, metric);
    this.#found[name] = metric;
  }
}

/** Longest name of a metric. docs/protocol.md, "Names". */
const MAX_NAME = 63;

/** A meter's own address as the name of a metric: `1-0:96.5.5` is 1-0_96.5.5, `6.8*01` is 6.8_01, `F.F` is f.f. */
export function nameOfAddress(address: string): string | undefined {
  const name = address
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, "_")
    .replace(/^[._-]+/, "")
    .slice(0, MAX_NAME);
  return name === "" ? undefined : name;
}

/** Whether a reading says anything. */
export function saysSomething(values: Values): boolean {
  return Object.values(values).some((value) => value !== null);
}
