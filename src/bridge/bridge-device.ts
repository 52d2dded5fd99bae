import { DunlinError } from "../base/index.ts";
import {
  DeviceRunner,
  type AnyDriver,
  type DeviceHandlers,
  type DriverDescription,
  type Driver,
  type LineSettings,
  type SessionClock,
  type Simulator,
} from "../device/index.ts";
import {
  parsePortAddress,
  type CommandDescriptions,
  type Metrics,
  type PortAddress,
  type Values,
} from "../message/index.ts";
import type { Lines } from "./lines.ts";
import type { DevicePlan } from "./plan.ts";
import { Shaper } from "./shaping.ts";

/** Where drivers come from. */
export interface Drivers {
  /** By name, each loaded when a device wants it. */
  readonly shipped: Readonly<Record<string, () => Promise<AnyDriver>>>;
  /** Makes one of what is described beside the configuration. */
  describe(name: string, description: unknown): Promise<AnyDriver>;
}

/** One device of a bridge: its plan made real. */
export class BridgeDevice {
  readonly runner: DeviceRunner;
  readonly #driver: string;
  readonly #shaper: Shaper | undefined;
  #metrics: Metrics;
  #commands: CommandDescriptions;
  #isPending: boolean;

  private constructor(
    { driver, shape }: DevicePlan,
    { metrics, commands, isPending = false }: DriverDescription,
    runner: DeviceRunner,
  ) {
    this.#driver = driver;
    this.#shaper = shape && new Shaper(shape);
    this.#metrics = metrics;
    this.#commands = commands;
    this.#isPending = isPending;
    this.runner = runner;
  }

  /** @throws what the driver throws when it is loaded or asked to describe itself; DunlinError `driver-unknown`, `address-invalid` */
  static async open(
    name: string,
    plan: DevicePlan,
    drivers: Drivers,
    lines: Lines,
    clock: SessionClock,
    handlers: DeviceHandlers,
  ): Promise<BridgeDevice> {
    const { settings } = plan;
    const driver = await driverOf(plan, drivers);
    const description = driver.describe(settings);
    const { exclusive, ...line } = plan.line;
    const options = {
      line: { ...driver.line, ...line } satisfies LineSettings,
      exclusive: exclusive ?? true,
    };
    const port = parsePortAddress(plan.port);
    const simulate = await loadSimulator(port, plan, driver, drivers);
    const runner = new DeviceRunner(
      {
        name,
        silenceMs: plan.silenceMs ?? description.silenceMs,
        baudRate: options.line.baudRate,
        openSession: () => driver.open(settings, clock),
        openLine: (lineHandlers) =>
          lines.open(port, { ...options, simulate }, driver.isShared === true, lineHandlers),
      },
      handlers,
    );
    return new BridgeDevice(plan, description, runner);
  }

  get declared(): {
    readonly driver: string;
    readonly metrics: Metrics;
    readonly commands: CommandDescriptions;
    readonly pending?: boolean;
  } {
    const metrics = this.#shaper?.describe(this.#metrics) ?? this.#metrics;
    const declared = { driver: this.#driver, metrics, commands: this.#commands };
    return this.#isPending ? { ...declared, pending: true } : declared;
  }

  /** Readings that its shape left out. */
  get withheld(): number | undefined {
    return this.#shaper?.withheld;
  }

  /** @returns undefined for a reading that its shape leaves out */
  shape(values: Values, nowMs: number): Values | undefined {
    return this.#shaper ? this.#shaper.shape(values, nowMs) : values;
  }

  /**
   * What the device has told of itself beyond its driver's description.
   * @param replaces whether that is all
   */
  learn(metrics: Metrics, commands: CommandDescriptions, replaces: boolean): void {
    this.#metrics = replaces ? metrics : { ...this.#metrics, ...metrics };
    this.#commands = replaces ? commands : { ...this.#commands, ...commands };
    if (replaces) this.#isPending = false;
  }
}

/** Settings have been checked against the driver's schema, so its own type for them is put aside here. */
async function driverOf(plan: DevicePlan, drivers: Drivers): Promise<Driver<unknown>> {
  if (plan.description === undefined) return loadDriver(plan.driver, drivers);
  return (await drivers.describe(plan.driver, plan.description)) as unknown as Driver<unknown>;
}

async function loadDriver(name: string, { shipped }: Drivers): Promise<Driver<unknown>> {
  const load = Object.hasOwn(shipped, name) ? shipped[name] : undefined;
  if (!load)
    throw new DunlinError(
      "driver-unknown",
      `no driver ${name}: there are ${Object.keys(shipped).join(", ")}`,
    );
  return (await load()) as unknown as Driver<unknown>;
}

/** `sim://` alone is the device's own driver; any other gets the device's settings too. */
async function loadSimulator(
  port: PortAddress,
  plan: DevicePlan,
  own: Driver<unknown>,
  drivers: Drivers,
): Promise<() => Simulator> {
  const driver = port.kind === "sim" && port.driver !== "" ? await loadDriver(port.driver, drivers) : own;
  return () => driver.simulate(plan.settings, Math.random);
}
