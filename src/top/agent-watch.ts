import type { LinkState, Message } from "../client/index.ts";
import {
  entriesOf,
  fieldsOf,
  numberOf,
  textOf,
  type AgentState,
  type Fields,
  type Value,
} from "../message/index.ts";
import { LatestCommands } from "./latest-commands.ts";
import { Rate } from "./rate.ts";
import { Series } from "./series.ts";
import type { Linked, Watch } from "./watch.ts";

/** Metrics of a device that are followed. One that makes up names without end must not fill the memory. */
const METRICS = 200;
const DEVICES = 1_000;

export interface MetricWatch {
  value: Value;
  /** Of a number. */
  readonly series: Series;
}

export interface DeviceWatch {
  state: string;
  reason: string | undefined;
  driver: string;
  readonly readings: Rate;
  readonly bytes: Rate;
  readonly discarded: Rate;
  lastMs: number | undefined;
  readonly metrics: Map<string, MetricWatch>;
  /** By metric. */
  units: ReadonlyMap<string, string>;
  /** As the last status had them. */
  counters: Fields | undefined;
}

/** One agent, its devices and what they measure. */
export class AgentWatch implements Watch {
  readonly devices = new Map<string, DeviceWatch>();
  readonly commands = new LatestCommands();
  agent = "";
  version = "";
  stopped = false;
  linked: Linked;
  /** The last answer. */
  now: Fields = {};

  constructor(nowMs: number) {
    this.linked = { state: "connecting", sinceMs: nowMs };
  }

  link(state: LinkState, nowMs: number): void {
    this.linked = { state, sinceMs: nowMs };
  }

  take(message: Message, nowMs: number): void {
    switch (message.kind) {
      case "telemetry": {
        const device = this.#device(message.device, nowMs);
        if (!device) return;
        device.readings.add(nowMs);
        device.lastMs = nowMs;
        for (const [name, value] of Object.entries(message.values)) measure(device, name, value, nowMs);
        return;
      }
      case "device":
        this.#set(message.device, message.status, nowMs);
        return;
      case "state":
        this.#say(message.state, nowMs);
        return;
      case "command":
        this.commands.take(message.progress);
    }
  }

  status(status: unknown, nowMs: number): void {
    this.now = fieldsOf(status);
    this.agent = textOf(this.now["agent"]) ?? this.agent;
    this.version = textOf(this.now["version"]) ?? this.version;
    for (const [name, told] of entriesOf(this.now["devices"])) {
      const device = this.#set(name, told, nowMs);
      if (!device) continue;
      const counters = fieldsOf(told["counters"]);
      const rise = (key: string): number =>
        device.counters
          ? Math.max(0, (numberOf(counters[key]) ?? 0) - (numberOf(device.counters[key]) ?? 0))
          : 0;
      device.bytes.add(nowMs, rise("bytes"));
      device.discarded.add(nowMs, rise("discardedBytes"));
      device.counters = counters;
    }
  }

  #say(state: AgentState, nowMs: number): void {
    this.stopped = state.type === "stopped";
    if (state.type !== "birth") return;
    this.agent = state.agent;
    this.version = state.version;
    const told = entriesOf(state.devices);
    for (const name of this.devices.keys())
      if (!Object.hasOwn(state.devices, name)) this.devices.delete(name);
    for (const [name, birth] of told) {
      const device = this.#set(name, birth, nowMs);
      if (!device) continue;
      device.driver = textOf(birth["driver"]) ?? "";
      const units = entriesOf(birth["metrics"]).flatMap(([metric, { unit }]) =>
        typeof unit === "string" ? [[metric, unit] as const] : [],
      );
      device.units = new Map(units);
    }
  }

  #set(name: string, told: { readonly state?: unknown; readonly reason?: unknown }, nowMs: number) {
    const device = this.#device(name, nowMs);
    if (device) {
      device.state = textOf(told.state) ?? device.state;
      device.reason = textOf(told.reason);
    }
    return device;
  }

  #device(name: string, nowMs: number): DeviceWatch | undefined {
    const known = this.devices.get(name);
    if (known || this.devices.size >= DEVICES) return known;
    const device: DeviceWatch = {
      state: "",
      reason: undefined,
      driver: "",
      readings: new Rate(nowMs),
      bytes: new Rate(nowMs),
      discarded: new Rate(nowMs),
      lastMs: undefined,
      metrics: new Map(),
      units: new Map(),
      counters: undefined,
    };
    this.devices.set(name, device);
    return device;
  }
}

function measure({ metrics }: DeviceWatch, name: string, value: Value, nowMs: number): void {
  let metric = metrics.get(name);
  if (!metric) {
    if (metrics.size >= METRICS) return;
    metrics.set(name, (metric = { value, series: new Series() }));
  }
  metric.value = value;
  if (typeof value === "number") metric.series.add(value, nowMs);
}
