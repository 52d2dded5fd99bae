import { asDunlinError, DunlinError, monotonicMs, type ClockQuality } from "../base/index.ts";
import type { CommandEntry, CommandEvent } from "../command/index.ts";
import type { Durable } from "../core/index.ts";
import type { CommandPut, FromComponent, FromCore, JournaledCommand } from "../ipc/index.ts";
import {
  decodeProgress,
  splitTarget,
  type Command,
  type CommandDescriptions,
  type CommandProgress,
  type CommandState,
  type Envelope,
  type Selectable,
  isFinal,
} from "../message/index.ts";
import { readAddressed } from "./addressed.ts";
import { Cancellations } from "./cancellations.ts";
import { CommandCheck } from "./command-check.ts";
import { CommandLedger } from "./command-ledger.ts";
import type { Course } from "./course.ts";
import type { DeviceTable } from "./device-table.ts";
import { eventOf } from "./progress-event.ts";

/** How the commands reach their devices, the agent itself, and the disk. */
export interface CommandPorts {
  /** The agent, as selectors see it. */
  self(): Selectable;
  readonly devices: DeviceTable;
  /** The agent's time, which never steps, µs since 1970. */
  nowUs(): number;
  /** The host's wall clock, µs since 1970. */
  hostUs(): number;
  clock(): ClockQuality;
  publish(progress: CommandProgress): void;
  /** Whether its sender may command: why not, if not. */
  gate(envelope: Envelope): DunlinError | undefined;
  isLive(component: string): boolean;
  /** Whether there may still be devices to come that nobody knows yet. */
  awaits(): boolean;
  send<V extends "command" | "cancel">(component: string, verb: V, message: FromCore[V]): void;
  /** Makes a state durable; with no journal, at once and in name only. */
  put(put: CommandPut, done: (durable: Durable) => void): void;
  /** What the agent itself can do. */
  readonly own: CommandDescriptions;
  /** Runs one of its own; throws to fail. */
  runOwn(command: Command): void;
  onInvalid(error: DunlinError): void;
}

/** The bridge ends a slow command itself; the core steps in this much later, ms. */
const TIMEOUT_GRACE_MS = 1_000;
/** A command that ran when the agent ended waits this long for its device to say whether it may run twice, ms. */
const RESUME_LIMIT_MS = 60_000;
const TOO_MANY = "too many commands have not ended yet: try again later";

/**
 * Takes commands in, checks them, hands them on, and sees to it that each ends. A state is durable before anyone is told
 * of it; and that a command runs is durable before it does, so that after a crash none runs a second time unknowingly.
 */
export class Commands {
  readonly #ports: CommandPorts;
  readonly #check: CommandCheck;
  readonly #ledger: CommandLedger;
  readonly #courses = new Map<string, Course>();
  readonly #cancellations = new Cancellations();
  readonly #nowMs: () => number;

  /** @param nowMs monotonic, ms */
  constructor(ports: CommandPorts, nowMs: () => number = monotonicMs) {
    this.#ports = ports;
    this.#check = new CommandCheck({ ...ports, agent: ports.self().name, awaits: () => ports.awaits() });
    this.#nowMs = nowMs;
    this.#ledger = new CommandLedger({
      nowUs: () => ports.nowUs(),
      publish: (progress) => ports.publish(progress),
      put: (put, done) => ports.put(put, done),
      hasBegun: (id) => this.#courses.get(id)?.phase === "handed",
      onNoted: (command, state) => this.#noted(command, state),
      onFinal: (id) => this.#courses.delete(id),
      onEnded: (progress) => {
        for (const [asking, event] of this.#cancellations.ended(progress)) this.#ledger.change(asking, event);
      },
    });
  }

  /**
   * A message from PULL or from the hub, of which nothing is trusted.
   * @param isChosen the hub says that the selector in the target chooses this agent
   */
  receive(body: Buffer, isChosen = false): void {
    let envelope: Envelope;
    try {
      envelope = readAddressed(body, this.#ports.self(), isChosen);
    } catch (cause) {
      return this.#ports.onInvalid(asDunlinError(cause));
    }
    const { command } = envelope;
    const refused = this.#ports.gate(envelope);
    if (refused) {
      this.#ports.onInvalid(refused);
      return this.#turnAway(command, refused);
    }
    const taken = this.#ledger.accept(command, body);
    if (taken === "full") return this.#turnAway(command, new DunlinError("overloaded", TOO_MANY));
    const entry = this.#ledger.get(command.id) as CommandEntry;
    if (taken === "known") return entry.told && this.#ports.publish(entry.told);
    const course: Course = { phase: "admitting", deadlineMs: this.#nowMs() + this.#leftMs(command) };
    this.#courses.set(command.id, course);
    const progress = this.#decide(command, course);
    this.#ledger.keep(command.id, progress ? [entry.progress, progress] : [entry.progress], true);
  }

  /** How many are open, and how many have ended how. */
  status(): Record<string, unknown> {
    return { open: [...this.#ledger.open()].length, ended: this.#ledger.ended };
  }

  /** What of a command the world may know. */
  progress(id: string): CommandProgress | undefined {
    return this.#ledger.get(id)?.told;
  }

  /** A command that the last run left unfinished. One that ran may run again only if that does no harm. */
  recover({ envelope, progress: raw }: JournaledCommand): void {
    let command: Command;
    let progress: CommandProgress;
    try {
      ({ command } = readAddressed(Buffer.from(envelope), this.#ports.self(), true));
      progress = decodeProgress(raw);
    } catch (cause) {
      return this.#ports.onInvalid(asDunlinError(cause));
    }
    // One that has come again before the journal told of it is no new one.
    if (this.#ledger.get(command.id)?.told) return;
    this.#ledger.restore({ command, envelope: Buffer.from(envelope), progress, told: progress });
    const deadlineMs = this.#nowMs() + this.#leftMs(command);
    const resumeByMs = this.#nowMs() + RESUME_LIMIT_MS;
    this.#courses.set(command.id, {
      phase: "waiting",
      deadlineMs,
      ...(progress.state === "running" ? { resumeByMs } : {}),
    });
    this.#dispatch(command);
  }

  /** What a component says of a command that it was given. */
  report(owner: string, message: FromComponent["progress"]): void {
    const entry = this.#ledger.get(typeof message.id === "string" ? message.id : "");
    const device = entry && splitTarget(entry.command.target)?.device;
    if (!entry || device === undefined || this.#ports.devices.ownerOf(device) !== owner) return;
    const event = eventOf(message);
    if (event.type !== "run") this.#ledger.change(entry.command.id, event);
  }

  /** A component's devices can be reached: what waited for it goes on. */
  componentLive(owner: string): void {
    for (const { command } of this.#openOf(owner)) this.#dispatch(command);
  }

  /** What it had in hand is interrupted, for it may have run; what may run twice waits for its return. */
  componentLost(owner: string, reason: string): void {
    for (const { command } of this.#openOf(owner)) {
      const course = this.#courses.get(command.id);
      if (course?.phase !== "handed") continue;
      course.phase = "waiting";
      if (this.#check.description(command)?.idempotent !== true)
        this.#interrupt(command.id, `component ${owner} was lost while it had the command: ${reason}`);
    }
  }

  /** A device is no more: what it had in hand is interrupted, and what waited for it is turned away by itself. */
  deviceGone(device: string, reason: string): void {
    for (const { command } of this.#ledger.open())
      if (splitTarget(command.target)?.device === device && this.#courses.get(command.id)?.phase === "handed")
        this.#interrupt(command.id, reason);
  }

  /** Ends what has waited or run for too long; to be called about once a second. */
  sweep(): void {
    const nowMs = this.#nowMs();
    for (const { command, progress } of this.#ledger.open()) {
      const course = this.#courses.get(command.id);
      if (!course || course.phase === "admitting" || course.phase === "starting") continue;
      const limitMs = this.#check.timeoutMs(command) + TIMEOUT_GRACE_MS;
      const { deadlineMs, handedMs, resumeByMs } = course;
      if (resumeByMs !== undefined && resumeByMs <= nowMs)
        this.#interrupt(command.id, "the agent ended while it ran, and its device has not come back");
      else if (handedMs !== undefined && nowMs - handedMs > limitMs)
        this.#ledger.change(command.id, {
          type: "fail",
          code: "timed-out",
          reason: `no outcome within ${limitMs} ms`,
        });
      else if (progress.state === "accepted") this.#dispatch(command);
      else if (handedMs === undefined && resumeByMs === undefined && deadlineMs <= nowMs)
        this.#ledger.change(command.id, {
          type: "fail",
          code: "expired",
          reason: "its device's component was lost before it could run, and did not come back in time",
        });
    }
  }

  /**
   * By a clock that nobody has set, no date means anything: the command's own span counts, from its arrival. Else the host's
   * clock as it is now, which the sender's agrees with, also if it was set since the agent took its own time from it.
   */
  #leftMs({ issued, expires }: Command): number {
    return (expires - (this.#ports.clock() === "synced" ? this.#ports.hostUs() : issued)) / 1_000;
  }

  /** What becomes of one that waits, as far as it can be said now. @returns its new progress */
  #decide(command: Command, course: Course): CommandProgress | undefined {
    const event = this.#nextEvent(command, course);
    if (!event) return undefined;
    if (event.type === "run") course.phase = "starting";
    return this.#ledger.apply(command.id, event);
  }

  #nextEvent(command: Command, { deadlineMs }: Course): CommandEvent | undefined {
    const fault = this.#check.fault(command);
    if (fault) return { type: "reject", code: fault.code, reason: fault.message };
    if (deadlineMs <= this.#nowMs()) return { type: "expire" };
    return this.#canStart(command) ? { type: "run" } : undefined;
  }

  #canStart({ target }: Command): boolean {
    const { device } = splitTarget(target) ?? {};
    if (device === undefined) return true;
    const { devices } = this.#ports;
    return devices.isDeclared(device) && this.#ports.isLive(devices.ownerOf(device) ?? "");
  }

  #dispatch(command: Command): void {
    const course = this.#courses.get(command.id);
    const entry = this.#ledger.get(command.id);
    if (!entry || course?.phase !== "waiting") return;
    if (course.resumeByMs !== undefined) return this.#resume(command, course);
    if (entry.progress.state === "running") return this.#start(command, course);
    const progress = this.#decide(command, course);
    if (progress) this.#ledger.keep(command.id, [progress], false);
  }

  /** It ran when the agent ended. */
  #resume(command: Command, course: Course): void {
    const { id } = command;
    if (this.#check.fault(command)) return this.#interrupt(id, "the agent ended while it ran");
    if (!this.#canStart(command)) return;
    delete course.resumeByMs;
    if (this.#check.description(command)?.idempotent === true) this.#start(command, course);
    else this.#interrupt(id, "the agent ended while it ran: nobody knows whether it was done");
  }

  /** That it runs is durable: from here on it may, at any moment. */
  #start(command: Command, course: Course): void {
    const { id, target, name, args } = command;
    const { device } = splitTarget(target) ?? {};
    course.phase = "waiting";
    if (!this.#canStart(command)) return;
    course.phase = "handed";
    course.handedMs = this.#nowMs();
    if (device === undefined) return this.#runOwn(command);
    const owner = this.#ports.devices.ownerOf(device) ?? "";
    this.#ports.send(owner, "command", {
      id,
      device,
      name,
      args,
      timeoutMs: this.#check.timeoutMs(command),
    });
  }

  #runOwn(command: Command): void {
    try {
      if (command.name === "cancel-command") return this.#cancel(command);
      this.#ports.runOwn(command);
      this.#ledger.change(command.id, { type: "succeed" });
    } catch (cause) {
      const { code, message } = asDunlinError(cause);
      this.#ledger.change(command.id, { type: "fail", code, reason: message });
    }
  }

  /** Ends when it is known what became of the other. @throws DunlinError if that cannot be stopped */
  #cancel(asking: Command): void {
    const id = String(asking.args["id"]);
    const entry = this.#ledger.get(id);
    if (!entry?.told || isFinal(entry.progress.state))
      throw new DunlinError(
        "not-found",
        entry?.told ? `command ${id} has ended: ${entry.progress.state}` : `no command ${id} is under way`,
      );
    const handed = this.#courses.get(id)?.phase === "handed";
    if (handed && (id === asking.id || this.#check.description(entry.command)?.cancellable !== true))
      throw new DunlinError("command-unknown", `${entry.command.name} runs, and cannot be stopped`);
    this.#cancellations.add(asking.id, id);
    if (!handed) return this.#ledger.change(id, { type: "cancel" });
    const { device = "" } = splitTarget(entry.command.target) ?? {};
    this.#ports.send(this.#ports.devices.ownerOf(device) ?? "", "cancel", { id });
  }

  /**
   * It is told, and not noted: whoever may not command must not use up an id that another's command has or will have, nor
   * room in the journal.
   */
  #turnAway({ id, target, name }: Command, { code, message: reason }: DunlinError): void {
    if (this.#ledger.get(id)) return;
    this.#ports.publish({ id, target, name, state: "rejected", time: this.#ports.nowUs(), code, reason });
  }

  #interrupt(id: string, reason: string): void {
    this.#ledger.change(id, { type: "fail", code: "interrupted", reason });
  }

  /** What a command waited for has been noted: it goes on. */
  #noted(command: Command, state: CommandState): void {
    const course = this.#courses.get(command.id);
    if (course?.phase === "admitting") course.phase = "waiting";
    if (course?.phase === "waiting") this.#dispatch(command);
    else if (course?.phase === "starting" && state === "running") this.#start(command, course);
  }

  #openOf(owner: string): CommandEntry[] {
    return [...this.#ledger.open()].filter(({ command }) => {
      const device = splitTarget(command.target)?.device;
      return device !== undefined && this.#ports.devices.ownerOf(device) === owner;
    });
  }
}
