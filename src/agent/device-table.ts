import { DunlinError } from "../base/index.ts";
import {
  checkCommands,
  checkMetrics,
  isMap,
  isName,
  type CommandDescription,
  type Description,
  type DeviceBirth,
  type DeviceStatus,
} from "../message/index.ts";

/** Most devices of one agent. */
export const MAX_DEVICES = 1_000;

/** A device as a component declares it, of which nothing is trusted. */
export interface Declared {
  readonly driver?: unknown;
  readonly metrics?: unknown;
  readonly commands?: unknown;
  readonly pending?: unknown;
}

interface Device {
  readonly owner: string;
  /** Its component has said what it is, and not that there is more to come. */
  declared: boolean;
  description: Description;
  status: DeviceStatus;
}

/** The devices of this agent: who runs each, what it is, how it is. Tells of each change of state. */
export class DeviceTable {
  readonly #devices = new Map<string, Device>();
  readonly #onStatus: (device: string, status: DeviceStatus) => void;

  constructor(onStatus: (device: string, status: DeviceStatus) => void) {
    this.#onStatus = onStatus;
  }

  /** A device that the configuration names, before its component has told of it. One that was known begins anew. */
  expect(device: string, owner: string, driver: string, timeUs: number): void {
    const description = { driver, metrics: {}, commands: {} };
    const known = this.#devices.get(device);
    const status: DeviceStatus = { state: "starting", since: timeUs };
    this.#devices.set(device, { owner, declared: false, description, status: known?.status ?? status });
    if (known) this.setStatus(device, status);
  }

  /** The configuration has it no more. */
  forget(device: string): void {
    this.#devices.delete(device);
  }

  /**
   * What a component says of its devices: all of it is taken, or nothing.
   * @throws DunlinError `message-invalid`, `overloaded`, or `component-refused` if a device is another component's
   */
  declare(raw: Readonly<Record<string, unknown>>, owner: string, timeUs: number): void {
    const described = Object.entries(raw).map(([name, one]) => {
      const declared: Declared = isMap(one) ? one : {};
      return { name, description: this.#check(name, owner, declared), isPending: declared.pending === true };
    });
    if (described.filter(({ name }) => !this.has(name)).length + this.#devices.size > MAX_DEVICES)
      throw new DunlinError("overloaded", `more than ${MAX_DEVICES} devices`);
    for (const { name, description, isPending } of described) {
      const status = this.status(name) ?? { state: "starting", since: timeUs };
      const known = this.#devices.get(name)?.description;
      this.#devices.set(name, {
        owner,
        declared: !isPending,
        description: isPending && known && isTold(known) ? known : description,
        status,
      });
    }
  }

  #check(name: string, owner: string, { driver, metrics, commands }: Declared): Description {
    if (!isName(name)) throw new DunlinError("message-invalid", `device ${JSON.stringify(name)}: not a name`);
    const other = this.ownerOf(name);
    if (other !== undefined && other !== owner)
      throw new DunlinError(
        "component-refused",
        `device ${name} belongs to component ${other}, not to ${owner}`,
      );
    return {
      driver: typeof driver === "string" ? driver.slice(0, 64) : owner,
      metrics: checkMetrics(metrics),
      commands: checkCommands(commands),
    };
  }

  has(device: string): boolean {
    return this.#devices.has(device);
  }

  /** Whether its component has said, since the agent's start, what it measures and can do. */
  isDeclared(device: string): boolean {
    return this.#devices.get(device)?.declared === true;
  }

  names(): string[] {
    return [...this.#devices.keys()];
  }

  ownerOf(device: string): string | undefined {
    return this.#devices.get(device)?.owner;
  }

  ofOwner(owner: string): string[] {
    return this.names().filter((name) => this.ownerOf(name) === owner);
  }

  status(device: string): DeviceStatus | undefined {
    return this.#devices.get(device)?.status;
  }

  command(device: string, name: string): CommandDescription | undefined {
    const commands = this.#devices.get(device)?.description.commands ?? {};
    return Object.hasOwn(commands, name) ? commands[name] : undefined;
  }

  commandNames(device: string): string[] {
    return Object.keys(this.#devices.get(device)?.description.commands ?? {});
  }

  setStatus(name: string, status: DeviceStatus): void {
    const device = this.#devices.get(name);
    if (!device || (device.status.state === status.state && device.status.reason === status.reason)) return;
    device.status = status;
    this.#onStatus(name, status);
  }

  births(seq: (device: string) => number): Record<string, DeviceBirth> {
    return Object.fromEntries(
      [...this.#devices].map(([name, { description, status }]) => [
        name,
        { ...description, ...status, seq: seq(name) },
      ]),
    );
  }
}

/** A device that the configuration names has told nothing yet. */
function isTold({ metrics, commands }: Description): boolean {
  return Object.keys(metrics).length + Object.keys(commands).length > 0;
}
