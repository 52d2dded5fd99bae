import type { Metric, Metrics, MetricType, Value, Values } from "../../src/message/index.ts";
import type { Pair } from "./formats.ts";
import { metricName } from "./metric-name.ts";

/** Most metrics found in a device's lines; noise that looks like names must not fill the memory. */
export const MAX_DISCOVERED = 64;
/** Most names of which is remembered how they are spelt as metrics. */
const MAX_SPELLINGS = 256;

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["off", false],
  ["yes", true],
  ["no", false],
  ["1", true],
  ["0", false],
]);

/** What a line gave. */
export interface Admitted {
  readonly values: Values;
  /** Metrics that the device has not sent before. */
  readonly discovered?: Metrics;
  /** The first name that was left out because there are too many. */
  readonly refused?: string;
}

/**
 * The metrics that a device has: those of its settings, and those found in its lines. A metric keeps the type of its
 * first value, and a line with a value of another type is refused as a whole: it is another program, or noise.
 */
export class MetricCatalog {
  readonly #types = new Map<string, MetricType>();
  readonly #spellings = new Map<string, string | undefined>();
  /** How many more may be found. */
  #room: number;
  #overflowTold = false;

  constructor(declared: Metrics, discover: boolean) {
    for (const [name, { type }] of Object.entries(declared)) this.#types.set(name, type);
    this.#room = discover ? MAX_DISCOVERED : 0;
    this.#overflowTold = !discover;
  }

  /** @returns undefined if the line does not fit, or nothing in it is a metric; then the catalog stays as it was */
  admit(pairs: readonly Pair[]): Admitted | undefined {
    const values: Record<string, Value> = {};
    const discovered: Record<string, Metric> = {};
    let found = 0;
    let left: string | undefined;
    for (const [spelling, raw] of pairs) {
      const name = this.#nameOf(spelling);
      if (name === undefined) continue;
      const known = this.#types.get(name) ?? discovered[name]?.type;
      const type = known ?? typeOf(raw);
      // Of a null it is not known what it would be.
      if (type === undefined) continue;
      if (known === undefined && found === this.#room) {
        left ??= name;
        continue;
      }
      const value = coerce(raw, type);
      if (value === undefined) return undefined;
      if (known === undefined) found++;
      if (known === undefined) discovered[name] = { type };
      values[name] = value;
    }
    if (Object.keys(values).length === 0) return undefined;
    return { values, ...this.#keep(discovered, found), ...this.#overflow(left) };
  }

  #keep(discovered: Metrics, found: number): { discovered?: Metrics } {
    if (found === 0) return {};
    for (const [name, { type }] of Object.entries(discovered)) this.#types.set(name, type);
    this.#room -= found;
    return { discovered };
  }

  /** Told once. */
  #overflow(left: string | undefined): { refused?: string } {
    if (left === undefined || this.#overflowTold) return {};
    this.#overflowTold = true;
    return { refused: left };
  }

  #nameOf(spelling: string): string | undefined {
    const known = this.#spellings.get(spelling);
    if (known !== undefined) return known;
    const name = metricName(spelling);
    if (this.#spellings.size < MAX_SPELLINGS) this.#spellings.set(spelling, name);
    return name;
  }
}

function typeOf(value: Value): MetricType | undefined {
  if (value === null) return undefined;
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "text";
}

/** The value as one of this type, or undefined if it is none. */
function coerce(value: Value, type: MetricType): Value | undefined {
  if (value === null) return null;
  switch (type) {
    case "number":
      return typeof value === "number" ? value : undefined;
    case "integer":
      return Number.isSafeInteger(value) ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : TRUTHS.get(String(value).toLowerCase());
    case "text":
      return String(value);
  }
}
