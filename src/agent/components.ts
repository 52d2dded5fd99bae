import { DunlinError, ERROR_CODES, LOG_LEVELS, monotonicMs, RateLimit, type Clock } from "../base/index.ts";
import { Component, type Loss } from "../component/index.ts";
import type { PartCondition } from "../core/index.ts";
import {
  IPC_HEARTBEAT_MS,
  type Counters,
  type DeclaredDevices,
  type FromComponent,
  type FromCore,
  type StreamStarts,
} from "../ipc/index.ts";
import { DEVICE_STATES, isMap, MAX_DECLARED, PROTOCOL_VERSION } from "../message/index.ts";
import type { DeviceTable } from "./device-table.ts";
import { HeldDevices, markFile } from "./held-devices.ts";
import type { AgentOptions, BridgePlan, ComponentPlan } from "./options.ts";
import { planChanges, type ReworkedBridge } from "./plan-changes.ts";
import type { StreamTable } from "./streams.ts";

/** What the components share with the rest of the core. */
export interface ComponentsPorts {
  readonly epoch: number;
  readonly clock: Clock;
  readonly devices: DeviceTable;
  readonly streams: StreamTable;
  /** Devices were declared or lost. */
  onChange(): void;
  /** The configuration has a device no more. */
  onDeviceGone(device: string): void;
  onLive(owner: string): void;
  onLost(owner: string, reason: string): void;
  onProgress(owner: string, message: FromComponent["progress"]): void;
  onFault(error: DunlinError): void;
}

/** Lines that one component, or one device, may write to the agent's log in one interval; more are counted. */
const LOG_BURST = 50;
const LOG_INTERVAL_MS = 5_000;
/** Programs of the user's have this long from the start to declare their devices, ms; commands for unknown ones wait. */
const AWAIT_MS = 30_000;
/** Longest text that a component may have logged or given as a reason, characters. */
const MAX_TEXT = 1_000;

/** All components of the agent: welcomes them, takes their readings and device states, and tells when one is lost. */
export class Components {
  readonly #options: AgentOptions;
  readonly #ports: ComponentsPorts;
  readonly #components = new Map<string, Component>();
  readonly #plans = new Map<string, ComponentPlan>();
  /** How often each bridge's configuration has changed. */
  readonly #revisions = new Map<string, number>();
  readonly #counters = new Map<string, Counters[string]>();
  readonly #startedMs = monotonicMs();
  /** Programs of the user's that have not said hello since the start. */
  readonly #awaited = new Set<string>();
  readonly #held = new HeldDevices();
  readonly #logLimit = new RateLimit(LOG_INTERVAL_MS, monotonicMs, LOG_BURST);

  constructor(options: AgentOptions, ports: ComponentsPorts) {
    this.#options = options;
    this.#ports = ports;
    for (const plan of options.components) this.#add(plan);
  }

  async start(): Promise<void> {
    await Promise.all([...this.#components.values()].map((component) => component.start()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#components.values()].map((component) => component.stop()));
  }

  /** Goes on by other plans. What is the same in both is not touched, down to the single device of a bridge. */
  async reload(plans: readonly ComponentPlan[]): Promise<void> {
    const { ended, started, reworked, goneDevices } = planChanges([...this.#plans.values()], plans);
    for (const device of goneDevices) this.#dropDevice(device);
    await Promise.all(ended.map((name) => this.#remove(name)));
    for (const bridge of reworked) this.#rework(bridge);
    await Promise.all(started.map((plan) => this.#add(plan).start()));
    this.#ports.onChange();
  }

  /** What is logged has changed: bridges trace their lines, or not any more. */
  levelsChanged(): void {
    for (const plan of this.#plans.values()) if (plan.kind === "bridge") this.#sendConfig(plan);
  }

  names(): string[] {
    return [...this.#components.keys()];
  }

  get conditions(): PartCondition[] {
    return [...this.#components.values()];
  }

  /** Whether a program of the user's may still come and declare its devices. */
  get awaits(): boolean {
    return this.#awaited.size > 0 && monotonicMs() - this.#startedMs < AWAIT_MS;
  }

  isLive(name: string): boolean {
    return this.#components.get(name)?.phase === "live";
  }

  send<V extends "command" | "cancel">(name: string, verb: V, message: FromCore[V]): void {
    this.#components.get(name)?.send(verb, message);
  }

  /** @returns false if there is no such component */
  restart(name: string): boolean {
    const component = this.#components.get(name);
    component?.restart("it was told to restart");
    return component !== undefined;
  }

  status(): Record<string, unknown> {
    return Object.fromEntries([...this.#components].map(([name, component]) => [name, component.status()]));
  }

  deviceStatus(): Record<string, unknown> {
    const { devices, streams } = this.#ports;
    return Object.fromEntries(
      devices
        .names()
        .map((name) => [
          name,
          { ...devices.status(name), seq: streams.seq(name), counters: this.#counters.get(name) ?? {} },
        ]),
    );
  }

  #add(plan: ComponentPlan): Component {
    const { runtimeDirectory, log } = this.#options;
    const { name, program } = plan;
    const component = new Component(
      { name, runtimeDirectory, log: log.with({ component: name }), ...(program ? { program } : {}) },
      {
        welcome: (hello) => this.#welcome(this.#plans.get(name) ?? plan, hello),
        // A bridge tells its devices later, by declare.
        onLive: (hello) => {
          this.#awaited.delete(name);
          if (hello.devices !== undefined) this.#ports.onLive(name);
        },
        onReadings: (frames) =>
          this.#ports.streams.receive(frames, name, plan.kind === "bridge" ? "own" : "foreign", (error) =>
            this.#ports.onFault(error),
          ),
        onMessage: (verb, message) => this.#receive(plan, verb, message),
        onLost: (loss) => this.#lost(plan, loss),
        onFault: (error) => this.#ports.onFault(error),
        clock: () => this.#ports.clock.quality,
      },
    );
    this.#components.set(name, component);
    this.#plans.set(name, plan);
    if (plan.kind === "foreign") this.#awaited.add(name);
    else this.#expect(plan, Object.keys(plan.devices));
    return component;
  }

  #expect({ name, devices }: BridgePlan, which: readonly string[]): void {
    for (const device of which) {
      const { driver = "" } = devices[device] ?? {};
      this.#ports.devices.expect(device, name, driver, this.#ports.clock.nowUs());
    }
  }

  #rework({ plan, begun }: ReworkedBridge): void {
    this.#plans.set(plan.name, plan);
    this.#revisions.set(plan.name, this.#revisionOf(plan.name) + 1);
    this.#expect(plan, begun);
    this.#sendConfig(plan);
  }

  #sendConfig(plan: BridgePlan): void {
    this.#components.get(plan.name)?.send("config", { config: this.#bridgeConfig(plan) });
  }

  #revisionOf(bridge: string): number {
    return this.#revisions.get(bridge) ?? 0;
  }

  async #remove(name: string): Promise<void> {
    await this.#components.get(name)?.stop();
    for (const device of this.#ports.devices.ofOwner(name)) this.#dropDevice(device);
    this.#components.delete(name);
    this.#plans.delete(name);
    this.#awaited.delete(name);
  }

  #dropDevice(device: string): void {
    this.#ports.onDeviceGone(device);
    this.#ports.devices.forget(device);
    this.#ports.streams.retire(device);
    this.#counters.delete(device);
  }

  #welcome(plan: ComponentPlan, hello: FromComponent["hello"]): FromCore["welcome"] {
    const streams = this.#declare(plan, hello.devices);
    return {
      protocol: PROTOCOL_VERSION,
      agent: this.#options.name,
      epoch: this.#ports.epoch,
      clock: this.#ports.clock.quality,
      heartbeatMs: IPC_HEARTBEAT_MS,
      streams,
      ...(plan.kind === "bridge" ? { config: this.#bridgeConfig(plan) } : {}),
    };
  }

  #bridgeConfig({ name, devices }: BridgePlan): unknown {
    const holds = this.#held.holds(Object.keys(devices));
    const revision = this.#revisionOf(name);
    const isTraced = this.#options.logLevels?.of(name) === "debug";
    return { revision, devices, isTraced, holds, markFile: markFile(this.#options.runtimeDirectory, name) };
  }

  /** @throws DunlinError `message-invalid`, `component-refused` */
  #declare({ name: owner, kind }: ComponentPlan, raw: DeclaredDevices | undefined): StreamStarts {
    if (raw === undefined) return {};
    if (!isMap(raw)) throw new DunlinError("message-invalid", "devices must be a map by name");
    const since = this.#ports.clock.nowUs();
    const starts: Record<string, StreamStarts[string]> = {};
    this.#ports.devices.declare(raw, owner, since);
    for (const device of Object.keys(raw)) {
      starts[device] = this.#ports.streams.claim(device, owner);
      // A bridge tells its devices' states; a program of the user's need not: it is there, so they are.
      if (kind === "foreign") this.#ports.devices.setStatus(device, { state: "online", since });
    }
    this.#ports.onChange();
    return starts;
  }

  #receive<V extends keyof FromComponent>(plan: ComponentPlan, verb: V, message: FromComponent[V]): void {
    const owner = plan.name;
    const handlers: { [P in keyof FromComponent]?: (message: FromComponent[P]) => void } = {
      hello: () => {},
      declare: ({ devices, revision = this.#revisionOf(owner) }) => {
        // By a configuration that has been replaced: what it declares by the new one is to come.
        if (revision !== this.#revisionOf(owner)) return;
        const streams = this.#declare(plan, devices);
        this.#components.get(owner)?.send("streams", { streams });
        this.#ports.onLive(owner);
      },
      heartbeat: ({ counters }) => this.#count(owner, counters),
      device: (status) => this.#setStatus(owner, status),
      progress: (progress) => this.#ports.onProgress(owner, progress),
      log: (line) => this.#write(owner, line),
    };
    const handle = handlers[verb];
    if (!handle) throw new DunlinError("message-invalid", `${verb} is for the journal alone to say`);
    handle(message);
  }

  /** A device that prints much takes nobody's lines but its own. */
  #write(owner: string, { level, message, fields }: FromComponent["log"]): void {
    const write = LOG_LEVELS.includes(level) ? level : "info";
    const given = isMap(fields) ? fields : {};
    const device = textOf(given["device"]);
    const source = this.#ports.devices.ownerOf(device) === owner ? device : owner;
    const held = this.#logLimit.admit(write === "debug" ? `${source} debug` : source);
    if (held === undefined) return;
    const more = held > 0 ? { more: held } : {};
    this.#options.log[write](textOf(message).slice(0, MAX_TEXT), { ...given, component: owner, ...more });
  }

  #setStatus(owner: string, { device, state, reason, code }: FromComponent["device"]): void {
    // The last word of one that the configuration has no more.
    if (this.#plans.get(owner)?.kind === "bridge" && !this.#ports.devices.has(textOf(device))) return;
    if (this.#ports.devices.ownerOf(textOf(device)) !== owner || !DEVICE_STATES.includes(state))
      throw new DunlinError(
        "message-invalid",
        `component ${owner} sent a state that it may not: ${textOf(device)} ${textOf(state)}`,
      );
    this.#ports.devices.setStatus(device, {
      state,
      since: this.#ports.clock.nowUs(),
      ...(typeof reason === "string" ? { reason: reason.slice(0, MAX_TEXT) } : {}),
      ...(code !== undefined && ERROR_CODES.includes(code) ? { code } : {}),
    });
  }

  #count(owner: string, counters: Counters | undefined): void {
    if (!isMap(counters)) return;
    for (const [device, counts] of Object.entries(counters))
      if (this.#ports.devices.ownerOf(device) === owner && isCounts(counts))
        this.#counters.set(device, counts);
  }

  /** Its devices are silent until it is back; the one that hung it is failed. */
  #lost(plan: ComponentPlan, { reason, hung }: Loss): void {
    const owner = plan.name;
    const since = this.#ports.clock.nowUs();
    const mark = markFile(this.#options.runtimeDirectory, owner);
    const blamed =
      hung && plan.kind === "bridge" ? this.#held.blame(mark, "its driver hung and was ended") : undefined;
    this.#options.log.warn(`component ${owner} is lost`, {
      reason,
      ...(blamed === undefined ? {} : { blamed }),
    });
    for (const device of this.#ports.devices.ofOwner(owner)) {
      const failed = device === blamed;
      this.#ports.devices.setStatus(device, {
        state: failed ? "failed" : "silent",
        since,
        reason: failed ? "its driver hung and was ended" : `component ${owner} is lost: ${reason}`,
        code: failed ? "driver-failed" : "component-lost",
      });
    }
    this.#ports.onLost(owner, reason);
  }
}

/** What goes into the answer to everybody's `status` is held to be numbers. */
function isCounts(raw: unknown): raw is Counters[string] {
  return isMap(raw) && Object.keys(raw).length <= MAX_DECLARED && Object.values(raw).every(Number.isFinite);
}

/** What of a component's word can be shown: a map with a toString of its own cannot. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value;
}
