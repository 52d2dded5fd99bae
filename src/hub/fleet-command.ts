import {
  COMMAND_STATES,
  decodeEnvelope,
  decodeMap,
  encode,
  isFinal,
  isMap,
  splitManyTarget,
  type Command,
  type CommandProgress,
  type CommandState,
  type Values,
} from "../message/index.ts";
import { Rollout, type Progress } from "./rollout.ts";

/**
 * Where the command stands at one agent. `waiting`: it has not been let go, so the agent has not got it; `sent`: it has, and the
 * agent has not said anything of it.
 */
export type RunState = "waiting" | "sent" | CommandState;

export interface Run {
  readonly agent: string;
  readonly state: RunState;
  /** µs since 1970. */
  readonly time: number;
  readonly code?: string;
  readonly reason?: string;
  readonly result?: Values;
}

/** Why a command goes to no further agent: too many failed; somebody called it off; its deadline. */
export interface Stop {
  readonly kind: "aborted" | "cancelled" | "expired";
  /** µs since 1970. */
  readonly time: number;
  readonly reason: string;
}

/** `ended`: nothing more comes of it. */
export type Phase = "running" | "paused" | Stop["kind"] | "ended";

/** Order of the states that an agent tells of. */
const RANK: readonly RunState[] = ["waiting", "sent", "accepted", "running"];

/** A command at the hub, for one agent or many, with where each of them is. */
export class FleetCommand {
  readonly command: Command;
  readonly envelope: Buffer;
  readonly isSigned: boolean;
  readonly isMany: boolean;
  /** For one of many, whichever is free. */
  readonly isAny: boolean;
  readonly rollout: Rollout;
  readonly runs = new Map<string, Run>();
  /** By the hub's own time, which never steps, µs since 1970. */
  readonly deadlineUs: number;
  /** Whether the disk has it: before, nothing is sent or told. */
  isNoted = false;
  /** Those that were let go come first. */
  #agents: readonly string[];
  #released = 0;
  /** Whether the runs that have ended failed, in the order in which they did. */
  #outcomes: boolean[] = [];
  readonly #counts = new Map<RunState, number>();
  #isPaused = false;
  #isOver = false;
  #stop: Stop | undefined;
  /** µs since 1970, of the last change. */
  #time: number;

  constructor(
    command: Command,
    envelope: Buffer,
    isSigned: boolean,
    agents: readonly string[],
    nowUs: number,
    deadlineUs: number,
  ) {
    this.command = command;
    this.envelope = envelope;
    this.isSigned = isSigned;
    this.isMany = splitManyTarget(command.target) !== undefined;
    this.isAny = this.isMany && command.rollout?.mode === "any";
    this.rollout = new Rollout(command.rollout ?? {});
    this.deadlineUs = deadlineUs;
    this.#agents = agents;
    this.#time = nowUs;
    for (const agent of agents) this.#put({ agent, state: "waiting", time: nowUs });
  }

  /** From the disk; its runs follow by {@link loadRun}, then {@link loaded}. @throws DunlinError `message-invalid` */
  static decode(value: Uint8Array): FleetCommand {
    const map = decodeMap(value);
    const envelope = Buffer.from(map["envelope"] as Uint8Array);
    const { command, signature } = decodeEnvelope(envelope);
    const agents = (map["agents"] as string).split(",").filter((name) => name !== "");
    const time = Number(map["time"]);
    const isSigned = signature !== undefined;
    const one = new FleetCommand(command, envelope, isSigned, agents, time, Number(map["deadline"]));
    one.isNoted = true;
    one.#isPaused = map["paused"] === true;
    one.#isOver = map["over"] === true;
    one.#stop = map["stop"] as Stop | undefined;
    one.#released = Number(map["released"]);
    for (const agent of agents.slice(0, one.#released)) one.#put({ agent, state: "sent", time });
    return one;
  }

  /** Everything but the runs that have ended otherwise than by {@link stop}: they are records of their own. */
  encode(): Buffer {
    return encode({
      envelope: this.envelope,
      // One text: a list may have no more than 4096 items.
      agents: this.#agents.join(","),
      released: this.#released,
      paused: this.#isPaused,
      over: this.#isOver,
      stop: this.#stop,
      deadline: this.deadlineUs,
      time: this.#time,
    });
  }

  /** A run that has ended, from the disk. */
  loadRun(agent: string, value: Uint8Array): void {
    const map = decodeMap(value);
    const state = map["state"] as CommandState;
    if (!COMMAND_STATES.includes(state) || !this.runs.has(agent)) return;
    const told = ["code", "reason"].filter((key) => typeof map[key] === "string");
    this.#put({
      agent,
      state,
      time: Number(map["time"]),
      ...Object.fromEntries(told.map((key) => [key, map[key]])),
      ...(isMap(map["result"]) ? { result: map["result"] as Values } : {}),
    });
  }

  /** All its runs have been loaded. */
  loaded(): void {
    if (this.#stop) this.#stopRuns(this.#stop);
    const ended = [...this.runs.values()].filter(({ state }) => isEnded(state));
    this.#outcomes = ended.sort((a, b) => a.time - b.time).flatMap(outcomeOf);
  }

  get id(): string {
    return this.command.id;
  }

  get phase(): Phase {
    if (this.#isOver) return "ended";
    return this.#stop?.kind ?? (this.#isPaused ? "paused" : "running");
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing more can come of it. */
  get isDone(): boolean {
    if (this.#agents.length === 0) return this.#stop !== undefined;
    return this.#count("waiting") + this.#underWay === 0;
  }

  /** How many have been let go. */
  get released(): number {
    return this.#released;
  }

  get total(): number {
    return this.#agents.length;
  }

  /** Agents that have been let go and have not ended. */
  underWay(): string[] {
    return this.#agents.slice(0, this.#released).filter((agent) => !isEnded(this.#stateOf(agent)));
  }

  /** Agents that have not been let go, in the order of their turns. */
  waiting(): string[] {
    return this.#agents.slice(this.#released).filter((agent) => this.#stateOf(agent) === "waiting");
  }

  progress(ready: number): Progress {
    const waiting = this.#count("waiting");
    return {
      waiting,
      ready,
      released: this.#released,
      underWay: this.#underWay,
      outcomes: this.#outcomes,
    };
  }

  /** These, which wait, may have it from now on. */
  release(agents: readonly string[], time: number): void {
    const going = new Set(agents);
    const rest = this.#agents.slice(this.#released).filter((agent) => !going.has(agent));
    this.#agents = [...this.#agents.slice(0, this.#released), ...agents, ...rest];
    this.#released += agents.length;
    this.#time = time;
    for (const agent of agents) this.#put({ agent, state: "sent", time });
  }

  /** Of all that could have had it, it is this one agent's. */
  deal(agent: string, time: number): void {
    this.#agents = [agent];
    this.#put({ agent, state: "waiting", time });
    this.release([agent], time);
  }

  /** @returns whether it was a change; what has ended stays as it is, and nothing goes back */
  set(run: Run, nowUs: number): boolean {
    const before = this.runs.get(run.agent);
    if (!before || isEnded(before.state)) return false;
    const hasEnded = isEnded(run.state);
    if (!hasEnded && RANK.indexOf(run.state) <= RANK.indexOf(before.state)) return false;
    this.#put(run);
    this.#time = nowUs;
    if (hasEnded) this.#outcomes.push(...outcomeOf(run));
    return true;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** It goes to no further agent. @returns the runs that have ended by this */
  stop(stop: Stop): Run[] {
    this.#stop = stop;
    this.#time = stop.time;
    return this.#stopRuns(stop);
  }

  end(time: number): void {
    this.#isOver = true;
    this.#time = time;
  }

  /** All together, as it is told on the hub's own topic. */
  summary(): CommandProgress {
    const { id, target, name } = this.command;
    const counts = Object.fromEntries([...this.#counts].filter(([, count]) => count > 0));
    const result = { phase: this.phase, agents: this.total, released: this.#released, ...counts };
    return { id, target, name, ...this.#outcome(), time: this.#time, result };
  }

  #outcome(): Pick<CommandProgress, "state" | "code" | "reason"> {
    const reason = this.#stop?.reason;
    if (!this.#isOver)
      return {
        state: this.#released === 0 ? "accepted" : "running",
        ...(reason === undefined ? {} : { reason }),
      };
    const [run] = this.isAny ? this.runs.values() : [];
    if (run) return ofRun(run);
    const [total, succeeded] = [this.total, this.#count("succeeded")];
    if (succeeded === total && total > 0) return { state: "succeeded" };
    if (this.#stop?.kind === "cancelled") return { state: "cancelled", code: "cancelled", ...text(reason) };
    if (this.#stop?.kind === "aborted") return { state: "failed", code: "rollout-aborted", ...text(reason) };
    if (total === 0) return { state: "expired", code: "expired", ...text(reason) };
    return { state: "failed", code: "rollout-failed", reason: `${succeeded} of ${total} agents succeeded` };
  }

  get #underWay(): number {
    return this.#count("sent") + this.#count("accepted") + this.#count("running");
  }

  #count(state: RunState): number {
    return this.#counts.get(state) ?? 0;
  }

  #stateOf(agent: string): RunState {
    return this.runs.get(agent)?.state ?? "waiting";
  }

  #stopRuns({ kind, time, reason }: Stop): Run[] {
    const state = kind === "expired" ? "expired" : "cancelled";
    const code = kind === "aborted" ? "rollout-aborted" : state;
    const runs = this.waiting().map((agent): Run => ({ agent, state, time, code, reason }));
    for (const run of runs) this.set(run, time);
    return runs;
  }

  #put(run: Run): void {
    const before = this.runs.get(run.agent);
    if (before) this.#counts.set(before.state, this.#count(before.state) - 1);
    this.#counts.set(run.state, this.#count(run.state) + 1);
    this.runs.set(run.agent, run);
  }
}

export function isEnded(state: RunState): boolean {
  return state !== "waiting" && state !== "sent" && isFinal(state);
}

/** Whether it failed; what was called off did neither. */
function outcomeOf({ state }: Run): boolean[] {
  return state === "cancelled" ? [] : [state !== "succeeded"];
}

function ofRun({ state, code, reason }: Run): Pick<CommandProgress, "state" | "code" | "reason"> {
  const told = state === "waiting" || state === "sent" ? "accepted" : state;
  return { state: told, ...(code === undefined ? {} : { code }), ...text(reason) };
}

function text(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}
