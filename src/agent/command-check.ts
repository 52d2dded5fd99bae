import { DunlinError } from "../base/index.ts";
import {
  DEFAULT_COMMAND_TIMEOUT_MS,
  faultInArguments,
  splitTarget,
  type Command,
  type CommandDescription,
  type CommandDescriptions,
} from "../message/index.ts";
import type { DeviceTable } from "./device-table.ts";

/** Holds a command against what the agent and its devices can do. */
export class CommandCheck {
  readonly #agent: string;
  readonly #devices: DeviceTable;
  readonly #own: CommandDescriptions;
  readonly #awaits: () => boolean;

  constructor({
    agent,
    devices,
    own,
    awaits,
  }: {
    readonly agent: string;
    readonly devices: DeviceTable;
    readonly own: CommandDescriptions;
    /** A program of the user's may still come, and bring devices that nobody knows yet. */
    readonly awaits: () => boolean;
  }) {
    this.#agent = agent;
    this.#devices = devices;
    this.#own = own;
    this.#awaits = awaits;
  }

  /** @returns why it can never run, or undefined if it can or nobody knows yet */
  fault(command: Command): DunlinError | undefined {
    const { agent, device } = splitTarget(command.target) ?? {};
    if (agent === undefined)
      return new DunlinError("target-unknown", `${command.target} does not choose agent ${this.#agent}`);
    if (agent !== this.#agent)
      return new DunlinError("target-unknown", `this is agent ${this.#agent}, not ${agent}`);
    if (device !== undefined && !this.#devices.has(device)) {
      if (this.#awaits()) return undefined;
      return new DunlinError("target-unknown", `no device ${device}: there ${are(this.#devices.names())}`);
    }
    if (device !== undefined && !this.#devices.isDeclared(device)) return undefined;
    const description = this.description(command);
    const names = device === undefined ? Object.keys(this.#own) : this.#devices.commandNames(device);
    if (!description)
      return new DunlinError("command-unknown", `no command ${command.name}: there ${are(names)}`);
    const wrong = faultInArguments(command.args, description);
    return wrong === undefined ? undefined : new DunlinError("arguments-invalid", wrong);
  }

  description(command: Command): CommandDescription | undefined {
    const { device } = splitTarget(command.target) ?? {};
    if (device !== undefined) return this.#devices.command(device, command.name);
    return Object.hasOwn(this.#own, command.name) ? this.#own[command.name] : undefined;
  }

  timeoutMs(command: Command): number {
    return this.description(command)?.timeoutMs ?? DEFAULT_COMMAND_TIMEOUT_MS;
  }
}

function are(names: readonly string[]): string {
  return names.length === 0 ? "are none" : `are ${names.join(", ")}`;
}
