import { isDeepStrictEqual } from "node:util";
import { Clock, messageOf, monotonicMs } from "../base/index.ts";
import type { CallEnd, DeviceHandlers } from "../device/index.ts";
import { ComponentEnd, type Counters, type DeclaredDevices, type FromCore } from "../ipc/index.ts";
import { PROTOCOL_VERSION } from "../message/index.ts";
import { BridgeDevice, type Drivers } from "./bridge-device.ts";
import { Lines } from "./lines.ts";
import { Mark } from "./mark.ts";
import { Numbering } from "./numbering.ts";
import type { BridgeConfig } from "./plan.ts";

export interface BridgeOptions {
  readonly endpoint: string;
  readonly name: string;
  readonly drivers: Drivers;
  /** Resolves when the agent is gone. */
  readonly orphaned: Promise<void>;
}

/** Silence and gibberish are looked for this often, ms. */
const TICK_MS = 500;
/** Readings that came together go out together, up to this many bytes a message. */
const MAX_BATCH_BYTES = 64 * 1024;

/** Runs the devices that the core hands out, until the core says stop or is gone. */
export async function runBridge(options: BridgeOptions): Promise<void> {
  const bridge = new Bridge(options);
  await Promise.race([bridge.stopped, options.orphaned]);
  await bridge.close();
}

class Bridge {
  readonly stopped: Promise<void>;
  readonly #drivers: Drivers;
  readonly #clock = new Clock();
  readonly #numbering = new Numbering(this.#clock);
  readonly #lines = new Lines();
  readonly #devices = new Map<string, BridgeDevice>();
  /** Those whose streams the core has not numbered yet. */
  readonly #unstarted = new Set<string>();
  readonly #core: ComponentEnd;
  readonly #tick: NodeJS.Timeout;
  #config: BridgeConfig | undefined;
  /** One configuration after the other. */
  #configured: Promise<void> = Promise.resolve();
  #mark: Mark | undefined;
  #epoch = 0;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #stop: () => void;

  constructor({ endpoint, name, drivers }: BridgeOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stopped = promise;
    this.#stop = resolve;
    this.#drivers = drivers;
    this.#core = new ComponentEnd(
      endpoint,
      { protocol: PROTOCOL_VERSION, component: name, pid: process.pid },
      {
        onMessage: (verb, message) => this.#receive(verb, message),
        onLost: () => {},
        heartbeat: () => ({ counters: this.#counters() }),
      },
    );
    this.#tick = setInterval(() => {
      const nowMs = monotonicMs();
      for (const { runner } of this.#devices.values()) runner.tick(nowMs);
    }, TICK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#tick);
    await Promise.all([...this.#devices.values()].map(({ runner }) => runner.close()));
    this.#core.close();
  }

  #receive<V extends keyof FromCore>(verb: V, message: FromCore[V]): void {
    const handlers: { [P in keyof FromCore]?: (message: FromCore[P]) => void } = {
      welcome: ({ epoch, clock, config }) => {
        this.#clock.setQuality(clock);
        this.#epoch = epoch;
        this.#configure(config as BridgeConfig);
      },
      config: ({ config }) => this.#configure(config as BridgeConfig),
      refused: () => this.#stop(),
      streams: ({ streams }) => this.#begin(streams),
      heartbeat: ({ clock }) => this.#clock.setQuality(clock),
      command: (command) => this.#run(command),
      cancel: ({ id }) => {
        for (const { runner } of this.#devices.values()) runner.cancel(id);
      },
      stop: () => this.#stop(),
    };
    handlers[verb]?.(message);
  }

  #configure(config: BridgeConfig): void {
    this.#configured = this.#configured.then(() => this.#apply(config));
  }

  /** Devices that are the same in the old and the new one are not touched. */
  async #apply(config: BridgeConfig): Promise<void> {
    const before = this.#config?.devices ?? {};
    const isSame = (name: string): boolean => isDeepStrictEqual(before[name], config.devices[name]);
    this.#config = config;
    this.#mark ??= new Mark(config.markFile);
    await Promise.all(
      Object.keys(before)
        .filter((name) => !isSame(name))
        .map((name) => this.#closeDevice(name)),
    );
    for (const name of Object.keys(config.devices)) if (!isSame(name)) await this.#openDevice(name, config);
    this.#declare();
  }

  async #closeDevice(name: string): Promise<void> {
    const device = this.#devices.get(name);
    this.#devices.delete(name);
    this.#unstarted.delete(name);
    await device?.runner.close("its configuration has changed");
  }

  async #openDevice(name: string, { devices, markFile }: BridgeConfig): Promise<void> {
    const plan = devices[name];
    if (!plan) return;
    const handlers = this.#handlers(name, (this.#mark ??= new Mark(markFile)));
    try {
      const device = await BridgeDevice.open(name, plan, this.#drivers, this.#lines, this.#clock, handlers);
      this.#devices.set(name, device);
      this.#unstarted.add(name);
    } catch (cause) {
      const reason = `its driver failed at the start: ${messageOf(cause)}`;
      this.#core.send("device", { device: name, state: "failed", code: "driver-failed", reason });
    }
  }

  #declare(): void {
    this.#core.send("declare", { devices: this.#declared(), revision: this.#config?.revision ?? 0 });
  }

  /** The core has given the streams their numbers: from now on readings can be made. */
  #begin(streams: FromCore["streams"]["streams"]): void {
    this.#numbering.begin(this.#epoch, streams);
    for (const name of Object.keys(streams))
      if (this.#unstarted.delete(name)) this.#devices.get(name)?.runner.start(this.#config?.holds[name]);
  }

  #handlers(device: string, mark: Mark): DeviceHandlers {
    return {
      onEnter: () => mark.set(device),
      onReading: (values) => {
        const shaped = this.#devices.get(device)?.shape(values, monotonicMs());
        if (shaped) this.#add(this.#numbering.frames(device, shaped, this.#clock.nowUs()));
      },
      onCondition: (condition) => this.#core.send("device", { device, ...condition }),
      onDescribe: (metrics, commands, replaces) => {
        this.#devices.get(device)?.learn(metrics, commands, replaces);
        this.#declare();
      },
      onEnd: (call, end) => this.#report(call, end),
      onLog: (message) => this.#core.send("log", { level: "info", message, fields: { device } }),
      onTrace: (text) => {
        if (this.#config?.isTraced)
          this.#core.send("log", { level: "debug", message: `${device} ${text()}`, fields: { device } });
      },
    };
  }

  /** Readings of one chunk go out as one message, at the end of the turn. */
  #add(frames: readonly [Buffer, Buffer] | undefined): void {
    if (!frames) return;
    if (this.#batch.length === 0) queueMicrotask(() => this.#flush());
    this.#batch.push(...frames);
    this.#batchBytes += frames[0].length + frames[1].length;
    if (this.#batchBytes > MAX_BATCH_BYTES) this.#flush();
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#core.sendReadings(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
  }

  #run({ id, device, name, args, timeoutMs }: FromCore["command"]): void {
    const target = this.#devices.get(device);
    this.#core.send("progress", { id, state: "running" });
    if (target) target.runner.run({ id, name, args }, timeoutMs);
    else this.#report(id, { ok: false, code: "driver-failed", reason: "the device could not be started" });
  }

  #report(id: string, end: CallEnd): void {
    if (end.ok) {
      this.#core.send("progress", { id, state: "succeeded", ...(end.result ? { result: end.result } : {}) });
      return;
    }
    if ("cancelled" in end) return this.#core.send("progress", { id, state: "cancelled" });
    const code = ("code" in end ? end.code : undefined) ?? "driver-failed";
    this.#core.send("progress", { id, state: "failed", code, reason: end.reason });
  }

  #declared(): DeclaredDevices {
    return Object.fromEntries([...this.#devices].map(([name, device]) => [name, device.declared]));
  }

  #counters(): Counters {
    return Object.fromEntries(
      [...this.#devices].map(([name, { runner, withheld }]) => [
        name,
        { ...runner.counters, ...(withheld === undefined ? {} : { withheld }) },
      ]),
    );
  }
}
