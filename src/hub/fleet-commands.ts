import { asDunlinError, DunlinError } from "../base/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import {
  commandTopic,
  decodeEnvelope,
  decodeProgress,
  isFinal,
  splitManyTarget,
  type Command,
  type Envelope,
  type Values,
} from "../message/index.ts";
import { agentsOf, chosenBy } from "./choice.ts";
import { CommandNews } from "./command-news.ts";
import { FleetCommand, isEnded, type Run } from "./fleet-command.ts";
import type { Registry } from "./registry.ts";

export interface FleetCommandPorts {
  readonly hub: string;
  /** µs since 1970. */
  nowUs(): number;
  /** Whether its sender may command: why not, if not. */
  gate(envelope: Envelope): DunlinError | undefined;
  readonly registry: Registry;
  /** @returns whether the agent has a link */
  send(agent: string, envelope: Buffer): boolean;
  keep(record: KeptRecord, done?: () => void): void;
  publish(frames: readonly Buffer[]): void;
  /** Further commands of the hub's own, with these arguments; they throw to fail. */
  own(args: Values): Readonly<Record<string, () => void>>;
  onFault(error: DunlinError): void;
}

export const COMMANDS_TABLE = "commands";
export const RUNS_TABLE = "runs";

/** Envelope and names of the agents, as one message to the store. */
const MAX_RECORD_BYTES = 240 * 1024;
/** Commands that are remembered; the oldest that have ended go. */
const MAX_COMMANDS = 1_000;
/** What an agent has not said anything of is sent again after this long, µs. */
const RESEND_US = 3_000_000;
/** An agent that does not come back to say what became of a command has this long after its deadline, µs: a day. */
const LOST_AFTER_US = 86_400_000_000;

/**
 * Commands to agents, one or many: noted before anything is sent, sent until each agent has said what became of it, and told
 * of as they go on. An agent runs an id once, however often it gets it.
 */
export class FleetCommands {
  readonly #ports: FleetCommandPorts;
  /** In the order in which they came. */
  readonly #byId = new Map<string, FleetCommand>();
  /** Commands that an agent has not ended, by agent. */
  readonly #open = new Map<string, Set<FleetCommand>>();
  readonly #news: CommandNews;
  readonly #sentUs = new Map<string, number>();

  constructor(ports: FleetCommandPorts) {
    this.#ports = ports;
    this.#news = new CommandNews(ports.hub, (frames) => ports.publish(frames));
  }

  /** Records from the disk: all commands before any run. */
  load({ table, key, value }: KeptRecord): void {
    if (!value) return;
    if (table === COMMANDS_TABLE) {
      const one = FleetCommand.decode(value);
      this.#byId.set(key, one);
      this.#index(one);
    } else {
      const [id = "", agent = ""] = key.split("/");
      const one = this.#byId.get(id);
      one?.loadRun(agent, value);
      if (one) this.#open.get(agent)?.delete(one);
    }
  }

  /** A message from PULL, of which nothing is trusted. */
  receive(body: Buffer): void {
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(body);
    } catch (cause) {
      return this.#ports.onFault(asDunlinError(cause));
    }
    const { command } = envelope;
    const known = this.#byId.get(command.id);
    if (known) return this.#news.tell(known);
    try {
      const refused = this.#ports.gate(envelope);
      if (refused) throw refused;
      if (command.target === this.#ports.hub) this.#runOwn(command);
      else this.#begin(envelope, Buffer.from(body));
    } catch (cause) {
      const error = asDunlinError(cause);
      this.#ports.onFault(error);
      this.#reject(command, error);
    }
  }

  /** What an agent says of a command, whoever gave it. */
  progress(agent: string, body: Buffer): void {
    const progress = decodeProgress(body);
    const topic = Buffer.from(commandTopic(agent, progress.id));
    const one = this.#byId.get(progress.id);
    const { state, time, code, reason, result } = progress;
    const run: Run = {
      agent,
      state,
      time,
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
      ...(result === undefined ? {} : { result }),
    };
    if (!one?.runs.has(agent)) return this.#ports.publish([topic, body]);
    if (!this.#set(one, run)) return;
    if (!isFinal(state)) return this.#ports.publish([topic, body]);
    this.#keepRun(one, run, () => this.#ports.publish([topic, body]));
    this.#advance(one);
  }

  /** The agent is there: what it has not ended is sent to it, again or for the first time. */
  linkUp(agent: string): void {
    for (const one of this.#open.get(agent) ?? []) {
      if (one.command.rollout?.mode === "any") this.#advance(one);
      const state = one.runs.get(agent)?.state;
      if (state !== undefined && state !== "waiting") this.#send(one, agent);
    }
    for (const one of this.#byId.values())
      if (!one.isOver && one.command.rollout?.mode === "any" && one.released === 0) this.#advance(one);
  }

  /** To be called about once a second: roll-outs go on, and what takes too long ends. */
  sweep(): void {
    const nowUs = this.#ports.nowUs();
    for (const one of this.#byId.values()) {
      if (one.isOver) continue;
      this.#expire(one, nowUs);
      this.#advance(one);
      for (const agent of one.agents.slice(0, one.released))
        if (
          one.runs.get(agent)?.state === "sent" &&
          nowUs - (this.#sentUs.get(runKey(one, agent)) ?? 0) > RESEND_US
        )
          this.#send(one, agent);
    }
    this.#news.flush();
  }

  get(id: string): FleetCommand | undefined {
    return this.#byId.get(id);
  }

  /** The newest first. */
  list(): FleetCommand[] {
    return [...this.#byId.values()].reverse();
  }

  /** For new subscribers of one command. */
  repeat(id: string): void {
    const one = this.#byId.get(id);
    if (one) this.#news.tell(one);
  }

  #begin({ command, signature }: Envelope, envelope: Buffer): void {
    const agents = agentsOf(command, signature !== undefined, this.#ports.registry);
    const one = new FleetCommand(command, envelope, agents, this.#ports.nowUs());
    if (one.encode().length > MAX_RECORD_BYTES)
      throw new DunlinError(
        "message-too-large",
        `${agents.length} agents are too many for one command: choose fewer`,
      );
    if (command.expires <= this.#ports.nowUs()) throw new DunlinError("expired", "its deadline has passed");
    this.#byId.set(one.id, one);
    this.#index(one);
    this.#forgetOldest();
    this.#keep(one, () => {
      this.#news.tell(one);
      this.#advance(one);
    });
  }

  #index(one: FleetCommand): void {
    if (one.isOver) return;
    for (const [agent, { state }] of one.runs) {
      if (isEnded(state)) continue;
      const open = this.#open.get(agent) ?? new Set<FleetCommand>();
      this.#open.set(agent, open.add(one));
    }
  }

  /** Lets go whoever may go now, and ends what is over. */
  #advance(one: FleetCommand): void {
    if (one.isOver) return;
    if (one.phase === "running") this.#release(one);
    const left = one.agents.length - one.ended;
    if (left === 0 && one.agents.length > 0) this.#end(one);
  }

  #release(one: FleetCommand): void {
    if (one.command.rollout?.mode === "any") return this.#releaseToAny(one);
    const step = one.rollout.next(one.progressOfRuns, this.#ports.nowUs() / 1_000);
    if (step.type === "abort") return this.#stop(one, "aborted", step.reason);
    if (step.count === 0) return;
    const from = one.released;
    one.released += step.count;
    const time = this.#ports.nowUs();
    const released = one.agents
      .slice(from, one.released)
      .filter((agent) => one.set({ agent, state: "sent", time }));
    // Noted before it is sent: whoever may have it must not be told of later as not having got it.
    this.#keep(one, () => released.forEach((agent) => this.#send(one, agent)));
    this.#news.changed(one);
  }

  /** Work for one of many: whoever is there and has the least to do; it stays with that one. */
  #releaseToAny(one: FleetCommand): void {
    if (one.released > 0) return;
    const many = splitManyTarget(one.command.target);
    const candidates = chosenBy(many?.selector ?? "*", false, this.#ports.registry).filter(
      ({ online }) => online,
    );
    const load = (agent: string): number => this.#open.get(agent)?.size ?? 0;
    const [agent] = candidates.map(({ name }) => name).sort((a, b) => load(a) - load(b));
    if (agent === undefined) return;
    const time = this.#ports.nowUs();
    for (const other of one.agents) this.#open.get(other)?.delete(one);
    one.deal(agent, time);
    this.#index(one);
    this.#keep(one, () => this.#send(one, agent));
  }

  #send(one: FleetCommand, agent: string): void {
    if (this.#ports.send(agent, one.envelope)) this.#sentUs.set(runKey(one, agent), this.#ports.nowUs());
  }

  /** No further agent gets it; those that have it go on. */
  #stop(one: FleetCommand, phase: "aborted" | "cancelled", reason: string): void {
    one.phase = phase;
    one.reason = reason;
    const time = this.#ports.nowUs();
    for (const agent of one.agents.slice(one.released))
      this.#conclude(one, { agent, state: "cancelled", time, code: "rollout-aborted", reason });
    this.#keep(one);
    this.#news.changed(one);
    this.#advance(one);
  }

  #expire(one: FleetCommand, nowUs: number): void {
    const { expires } = one.command;
    if (nowUs <= expires) return;
    for (const agent of one.agents) {
      const state = one.runs.get(agent)?.state;
      const wasSent = this.#sentUs.has(runKey(one, agent));
      if (state === "waiting" || (state === "sent" && !wasSent && !this.#ports.registry.get(agent)?.online))
        this.#conclude(one, {
          agent,
          state: "expired",
          time: nowUs,
          code: "expired",
          reason: "its deadline passed before the agent got it",
        });
      else if (nowUs > expires + LOST_AFTER_US)
        this.#conclude(one, {
          agent,
          state: "failed",
          time: nowUs,
          code: "timed-out",
          reason: "the agent has not come back to say what became of it",
        });
    }
    if (one.agents.length === 0) this.#end(one);
  }

  #conclude(one: FleetCommand, run: Run): void {
    if (!this.#set(one, run)) return;
    this.#keepRun(one, run, () => this.#news.tellRun(one, run));
  }

  #set(one: FleetCommand, run: Run): boolean {
    if (!one.set(run)) return false;
    one.time = this.#ports.nowUs();
    this.#news.changed(one);
    if (!isEnded(run.state)) return true;
    this.#open.get(run.agent)?.delete(one);
    this.#sentUs.delete(runKey(one, run.agent));
    return true;
  }

  #end(one: FleetCommand): void {
    if (one.isOver) return;
    one.phase = "ended";
    one.time = this.#ports.nowUs();
    this.#keep(one, () => this.#news.tell(one));
  }

  /** What the hub itself can be told to do. */
  #runOwn(command: Command): void {
    const { name, args } = command;
    const own: Readonly<Record<string, () => void>> = {
      "cancel-command": () => this.#stop(this.#running(args), "cancelled", "it was called off"),
      "pause-rollout": () => this.#setPhase(this.#running(args), "paused"),
      "resume-rollout": () => this.#setPhase(this.#running(args), "running"),
      ...this.#ports.own(args),
    };
    const run = Object.hasOwn(own, name) ? own[name] : undefined;
    if (!run)
      throw new DunlinError("command-unknown", `a hub knows ${Object.keys(own).join(", ")}, and not ${name}`);
    run();
    this.#news.tellOf(command, { state: "succeeded", time: this.#ports.nowUs() });
  }

  #running({ id }: Values): FleetCommand {
    const one = this.#byId.get(String(id));
    if (one && !one.isOver) return one;
    throw new DunlinError("not-found", `no command ${String(id).slice(0, 64)} is under way`);
  }

  #setPhase(one: FleetCommand, phase: "paused" | "running"): void {
    one.phase = phase;
    this.#news.changed(one);
    this.#keep(one, () => this.#advance(one));
  }

  #reject(command: Command, { code, message: reason }: DunlinError): void {
    this.#news.tellOf(command, { state: "rejected", time: this.#ports.nowUs(), code, reason });
  }

  #keep(one: FleetCommand, done?: () => void): void {
    this.#ports.keep({ table: COMMANDS_TABLE, key: one.id, value: one.encode() }, done);
  }

  #keepRun(one: FleetCommand, run: Run, done: () => void): void {
    this.#ports.keep(
      { table: RUNS_TABLE, key: runKey(one, run.agent), value: FleetCommand.encodeRun(run) },
      done,
    );
  }

  #forgetOldest(): void {
    for (const [id, one] of this.#byId) {
      if (this.#byId.size <= MAX_COMMANDS) return;
      if (!one.isOver) continue;
      this.#byId.delete(id);
      this.#ports.keep({ table: COMMANDS_TABLE, key: id });
      for (const agent of one.agents) this.#ports.keep({ table: RUNS_TABLE, key: runKey(one, agent) });
    }
  }
}

function runKey(one: FleetCommand, agent: string): string {
  return `${one.id}/${agent}`;
}
