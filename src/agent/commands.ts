import { asDunlinError, DunlinError, monotonicMs, type ClockQuality } from "../base/index.ts";
import { CommandTable, type CommandEntry, type CommandEvent } from "../command/index.ts";
import type { FromComponent, FromCore } from "../ipc/index.ts";
import {
  decodeCommand,
  DEFAULT_COMMAND_TIMEOUT_MS,
  faultInArguments,
  splitTarget,
  type Command,
  type CommandDescription,
  type CommandDescriptions,
  type CommandProgress,
  isFinal,
} from "../message/index.ts";
import type { DeviceTable } from "./device-table.ts";
import { eventOf } from "./progress-event.ts";

/** How the commands reach their devices, and the agent itself. */
export interface CommandPorts {
  readonly agent: string;
  readonly devices: DeviceTable;
  nowUs(): number;
  clock(): ClockQuality;
  publish(progress: CommandProgress): void;
  isLive(component: string): boolean;
  send(component: string, message: FromCore["command"]): void;
  /** What the agent itself can do. */
  readonly own: CommandDescriptions;
  /** Runs one of its own; throws to fail. */
  runOwn(command: Command): void;
  onInvalid(error: DunlinError): void;
}

/** The bridge ends a slow command itself; the core steps in this much later, ms. */
const TIMEOUT_GRACE_MS = 1_000;

/** How far a command is that has not ended. Its times are monotonic: that the host's clock is set must end nothing. */
interface Course {
  /** Until when it may start. */
  readonly deadlineMs: number;
  /** When it was last handed to its component. */
  handedMs?: number;
  /** It is with its component, as the component lives now: it must not be handed over again. */
  handed: boolean;
}

/** Takes commands in, checks them, hands them on, and sees to it that each ends. */
export class Commands {
  readonly #ports: CommandPorts;
  readonly #table: CommandTable;
  readonly #courses = new Map<string, Course>();
  readonly #nowMs: () => number;

  /** @param nowMs monotonic, ms */
  constructor(ports: CommandPorts, nowMs: () => number = monotonicMs) {
    this.#ports = ports;
    this.#nowMs = nowMs;
    this.#table = new CommandTable((progress) => ports.publish(progress));
  }

  /** A message from PULL, of which nothing is trusted. */
  receive(body: Buffer): void {
    let command: Command;
    try {
      command = decodeCommand(body);
    } catch (cause) {
      return this.#ports.onInvalid(asDunlinError(cause));
    }
    const taken = this.#table.accept(command, this.#ports.nowUs());
    if (taken === "full") return this.#turnAway(command);
    if (taken === "known") return;
    this.#courses.set(command.id, { deadlineMs: this.#nowMs() + this.#leftMs(command), handed: false });
    this.#dispatch(command);
  }

  progress(id: string): CommandProgress | undefined {
    return this.#table.get(id)?.progress;
  }

  /** What a component says of a command that it was given. */
  report(owner: string, message: FromComponent["progress"]): void {
    const entry = this.#table.get(String(message.id));
    const device = entry && splitTarget(entry.command.target)?.device;
    if (!entry || device === undefined || this.#ports.devices.ownerOf(device) !== owner) return;
    const event = eventOf(message);
    this.#apply(entry.command.id, event);
  }

  /** A component's devices can be reached: what waited for it goes on. */
  componentLive(owner: string): void {
    for (const { command } of this.#openOf(owner)) this.#dispatch(command);
  }

  /** What it had in hand is interrupted, for it may have run; what may run twice waits for its return. */
  componentLost(owner: string, reason: string): void {
    for (const { command } of this.#openOf(owner)) {
      const course = this.#courses.get(command.id);
      if (course?.handed !== true) continue;
      course.handed = false;
      if (this.#description(command)?.idempotent !== true)
        this.#apply(command.id, {
          type: "fail",
          code: "interrupted",
          reason: `component ${owner} was lost while it had the command: ${reason}`,
        });
    }
  }

  /** Ends what has waited or run for too long; to be called about once a second. */
  sweep(): void {
    const nowMs = this.#nowMs();
    for (const { command, progress } of this.#table.open()) {
      const { deadlineMs, handedMs } = this.#courses.get(command.id) ?? { deadlineMs: 0 };
      const limitMs = this.#timeoutMs(command) + TIMEOUT_GRACE_MS;
      if (progress.state === "accepted" && deadlineMs <= nowMs) this.#apply(command.id, { type: "expire" });
      else if (handedMs !== undefined && nowMs - handedMs > limitMs)
        this.#apply(command.id, {
          type: "fail",
          code: "timed-out",
          reason: `no outcome within ${limitMs} ms`,
        });
    }
  }

  /** By a clock that nobody has set, no date means anything: the command's own span counts, from its arrival. */
  #leftMs({ issued, expires }: Command): number {
    return (expires - (this.#ports.clock() === "synced" ? this.#ports.nowUs() : issued)) / 1_000;
  }

  #dispatch(command: Command): void {
    const course = this.#courses.get(command.id);
    if (!course || course.handed) return;
    const fault = this.#fault(command);
    if (fault) return this.#apply(command.id, { type: "reject", code: fault.code, reason: fault.message });
    if (course.handedMs === undefined && course.deadlineMs <= this.#nowMs())
      return this.#apply(command.id, { type: "expire" });
    const { device } = splitTarget(command.target) ?? {};
    if (device === undefined) this.#runOwn(command);
    else this.#handOver(command, device, course);
  }

  /** From here on it may run at any moment, so it counts as running: nobody can take it back. */
  #handOver(command: Command, device: string, course: Course): void {
    const owner = this.#ports.devices.ownerOf(device) ?? "";
    if (!this.#ports.isLive(owner) || !this.#ports.devices.isDeclared(device)) return;
    course.handed = true;
    course.handedMs = this.#nowMs();
    this.#apply(command.id, { type: "run" });
    const { id, name, args } = command;
    this.#ports.send(owner, { id, device, name, args, timeoutMs: this.#timeoutMs(command) });
  }

  #fault(command: Command): DunlinError | undefined {
    const { agent, device } = splitTarget(command.target) ?? {};
    if (agent !== this.#ports.agent)
      return new DunlinError("target-unknown", `this is agent ${this.#ports.agent}, not ${agent}`);
    if (device !== undefined && !this.#ports.devices.has(device))
      return new DunlinError(
        "target-unknown",
        `no device ${device}: there ${are(this.#ports.devices.names())}`,
      );
    if (device !== undefined && !this.#ports.devices.isDeclared(device)) return undefined;
    const description = this.#description(command);
    const names =
      device === undefined ? Object.keys(this.#ports.own) : this.#ports.devices.commandNames(device);
    if (!description)
      return new DunlinError("command-unknown", `no command ${command.name}: there ${are(names)}`);
    const wrong = faultInArguments(command.args, description);
    return wrong === undefined ? undefined : new DunlinError("arguments-invalid", wrong);
  }

  #runOwn(command: Command): void {
    this.#apply(command.id, { type: "run" });
    try {
      this.#ports.runOwn(command);
      this.#apply(command.id, { type: "succeed" });
    } catch (cause) {
      const { code, message } = asDunlinError(cause);
      this.#apply(command.id, { type: "fail", code, reason: message });
    }
  }

  #turnAway(command: Command): void {
    const { id, target, name } = command;
    const reason = "too many commands have not ended yet: try again later";
    this.#ports.publish({
      id,
      target,
      name,
      state: "rejected",
      time: this.#ports.nowUs(),
      code: "overloaded",
      reason,
    });
  }

  #apply(id: string, event: CommandEvent): void {
    this.#table.apply(id, event, this.#ports.nowUs());
    const state = this.#table.get(id)?.progress.state;
    if (state === undefined || isFinal(state)) this.#courses.delete(id);
  }

  #description(command: Command): CommandDescription | undefined {
    const { device } = splitTarget(command.target) ?? {};
    if (device !== undefined) return this.#ports.devices.command(device, command.name);
    return Object.hasOwn(this.#ports.own, command.name) ? this.#ports.own[command.name] : undefined;
  }

  #timeoutMs(command: Command): number {
    return this.#description(command)?.timeoutMs ?? DEFAULT_COMMAND_TIMEOUT_MS;
  }

  #openOf(owner: string): CommandEntry[] {
    return [...this.#table.open()].filter(({ command }) => {
      const device = splitTarget(command.target)?.device;
      return device !== undefined && this.#ports.devices.ownerOf(device) === owner;
    });
  }
}

function are(names: readonly string[]): string {
  return names.length === 0 ? "are none" : `are ${names.join(", ")}`;
}
