import type { Metrics, Value, Values } from "../message/index.ts";

/** What becomes of one metric between the driver and the topic. What is absent changes nothing. */
export interface MetricShape {
  readonly name?: string;
  readonly drop?: boolean;
  readonly scale?: number;
  readonly offset?: number;
  /** Instead of the driver's: of the scaled number. */
  readonly unit?: string;
  /** Outside of these the value is null, and `<metric>.quality` says `implausible`. Of the scaled number. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** A change by less is none. 0: any change is one. */
  readonly deadBand?: number;
  /** Not worth a reading before this long after the last one, ms. */
  readonly minIntervalMs?: number;
  /** Worth a reading after this long, whatever its value, ms. */
  readonly maxIntervalMs?: number;
}

export interface ShapePlan {
  /** By the driver's name of the metric; `*` for those that are not named. */
  readonly metrics: Readonly<Record<string, MetricShape>>;
  /** What a reading has when some of its metrics are worth one: all of them, or those. */
  readonly report: "all" | "changed";
}

/** The metric that says what a value with limits is worth. */
const QUALITY = ".quality";
const DIGITS = 12;

interface Sent {
  readonly value: Value;
  readonly atMs: number;
}

/**
 * Shapes the readings of one device: fewer of them, other numbers, other names. A reading none of whose metrics is worth one
 * is withheld, and counted; it has no number, so that it is no gap.
 */
export class Shaper {
  readonly #plan: ShapePlan;
  readonly #sent = new Map<string, Sent>();
  #withheld = 0;

  constructor(plan: ShapePlan) {
    this.#plan = plan;
  }

  /** Readings that were not worth one. */
  get withheld(): number {
    return this.#withheld;
  }

  /** @returns undefined if nothing of it is worth a reading */
  shape(values: Values, nowMs: number): Values | undefined {
    const all: Record<string, Value> = {};
    const worthy: Record<string, Value> = {};
    for (const [metric, raw] of Object.entries(values)) {
      const shape = this.#of(metric);
      if (shape.drop) continue;
      const name = shape.name ?? metric;
      const value = scaled(raw, shape);
      const isGood = isPlausible(value, shape);
      const told = {
        [name]: isGood ? value : null,
        ...(hasLimits(shape) ? qualityOf(name, value, isGood) : {}),
      };
      Object.assign(all, told);
      if (this.#isWorthy(name, told[name] ?? null, shape, nowMs)) Object.assign(worthy, told);
    }
    if (Object.keys(worthy).length === 0) {
      this.#withheld++;
      return undefined;
    }
    const shaped = this.#plan.report === "all" ? all : worthy;
    for (const [name, value] of Object.entries(shaped)) this.#sent.set(name, { value, atMs: nowMs });
    return shaped;
  }

  describe(metrics: Metrics): Metrics {
    return Object.fromEntries(
      Object.entries(metrics).flatMap(([metric, description]) => {
        const shape = this.#of(metric);
        if (shape.drop) return [];
        const name = shape.name ?? metric;
        const isScaled = shape.scale !== undefined || shape.offset !== undefined;
        const type = isScaled && description.type === "integer" ? "number" : description.type;
        const { unit = description.unit } = shape;
        const { unit: _, ...rest } = description;
        const told = [[name, { ...rest, type, ...(unit === undefined ? {} : { unit }) }] as const];
        if (!hasLimits(shape)) return told;
        return [
          ...told,
          [`${name}${QUALITY}`, { type: "text", description: "good, implausible or missing" }] as const,
        ];
      }),
    );
  }

  #of(metric: string): MetricShape {
    const { metrics } = this.#plan;
    return (Object.hasOwn(metrics, metric) ? metrics[metric] : metrics["*"]) ?? {};
  }

  #isWorthy(name: string, value: Value, shape: MetricShape, nowMs: number): boolean {
    const last = this.#sent.get(name);
    if (!last) return true;
    const { deadBand, minIntervalMs = 0, maxIntervalMs = Infinity } = shape;
    const sinceMs = nowMs - last.atMs;
    if (sinceMs >= maxIntervalMs) return true;
    if (sinceMs < minIntervalMs) return false;
    return deadBand === undefined || isChange(last.value, value, deadBand);
  }
}

function isChange(before: Value, now: Value, deadBand: number): boolean {
  if (typeof before !== "number" || typeof now !== "number") return before !== now;
  return before !== now && Math.abs(now - before) >= deadBand;
}

function scaled(value: Value, { scale = 1, offset = 0 }: MetricShape): Value {
  if (typeof value !== "number" || (scale === 1 && offset === 0)) return value;
  return Number((value * scale + offset).toPrecision(DIGITS));
}

function hasLimits({ minimum, maximum }: MetricShape): boolean {
  return minimum !== undefined || maximum !== undefined;
}

function isPlausible(value: Value, { minimum = -Infinity, maximum = Infinity }: MetricShape): boolean {
  return typeof value !== "number" || (value >= minimum && value <= maximum);
}

function qualityOf(name: string, value: Value, isGood: boolean): Values {
  return { [`${name}${QUALITY}`]: value === null ? "missing" : isGood ? "good" : "implausible" };
}
