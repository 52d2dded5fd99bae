import { Counter, Gauge, Registry, collectDefaultMetrics } from "@prometheus-io/client";
import type { Family } from "./family.ts";

/**
 * How often the library looks at the event loop, ms. Its own defaults of 10 and 100 would wake an idle agent a hundred times a
 * second, for half a percent of a PC's core. The longest and mean delays that it gives include this interval.
 */
const LAG_INTERVAL_MS = 100;
const UTILIZATION_INTERVAL_MS = 10_000;

/** Prometheus' text format, version 0.0.4: what is given, and the figures of this process that every Node.js program is asked for. */
export class Exposition {
  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #process = new Registry();

  constructor() {
    collectDefaultMetrics({
      register: this.#process,
      eventLoopMonitoringPrecision: LAG_INTERVAL_MS,
      eventLoopUtilizationTimeout: UTILIZATION_INTERVAL_MS,
    });
  }

  /** A registry for each answer: a device that is gone leaves no series behind. */
  async text(families: readonly Family[]): Promise<string> {
    const registry = new Registry();
    for (const family of families) this.#add(family, registry);
    return `${await registry.metrics()}\n${await this.#process.metrics()}`;
  }

  #add({ name, help, type, samples }: Family, registry: Registry): void {
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    const options = { name, help, labelNames, registers: [registry] };
    if (type === "counter") {
      const counter = new Counter<string>(options);
      for (const { labels, value } of samples) counter.inc(labels, value);
    } else {
      const gauge = new Gauge<string>(options);
      for (const { labels, value } of samples) gauge.set(labels, value);
    }
  }
}
