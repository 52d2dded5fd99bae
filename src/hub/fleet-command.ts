import {
  COMMAND_STATES,
  decodeEnvelope,
  decodeMap,
  encode,
  isFinal,
  isMap,
  type Command,
  type CommandProgress,
  type CommandState,
  type Values,
} from "../message/index.ts";
import { Rollout, type Progress } from "./rollout.ts";

/** Where the command stands at one agent. `waiting`: it has not been let go; `sent`: it has, and the agent has not said anything of it. */
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

/** `ended`: nothing more comes of it. */
export type Phase = "running" | "paused" | "aborted" | "cancelled" | "ended";

/** A command at the hub, for one agent or many, with where each of them is. */
export class FleetCommand {
  readonly command: Command;
  readonly envelope: Buffer;
  /** In the order in which they are let go. */
  readonly agents: string[];
  readonly rollout: Rollout;
  readonly runs = new Map<string, Run>();
  /** Whether the runs that have ended failed, in the order in which they did. */
  readonly outcomes: boolean[] = [];
  readonly counts: Record<string, number> = {};
  phase: Phase = "running";
  reason: string | undefined;
  /** How many of `agents` have been let go. */
  released = 0;
  ended = 0;
  /** µs since 1970, of the last change that was told. */
  time: number;

  constructor(command: Command, envelope: Buffer, agents: readonly string[], nowUs: number) {
    this.command = command;
    this.envelope = envelope;
    this.agents = [...agents];
    this.rollout = new Rollout(command.rollout ?? {});
    this.time = nowUs;
    for (const agent of agents) this.#put({ agent, state: "waiting", time: nowUs });
  }

  /** @throws DunlinError `message-invalid` */
  static decode(value: Uint8Array): FleetCommand {
    const map = decodeMap(value);
    const envelope = Buffer.from(map["envelope"] as Uint8Array);
    const agents = (map["agents"] as string).split(",").filter((name) => name !== "");
    const one = new FleetCommand(decodeEnvelope(envelope).command, envelope, agents, Number(map["time"]));
    one.phase = map["phase"] as Phase;
    one.reason = typeof map["reason"] === "string" ? map["reason"] : undefined;
    one.released = Number(map["released"]);
    for (const agent of agents.slice(0, one.released)) one.#put({ agent, state: "sent", time: one.time });
    return one;
  }

  /** Everything but the runs that have ended, which are records of their own. */
  encode(): Buffer {
    const { envelope, phase, reason, released, time } = this;
    // One text: a list may have no more than 4096 items.
    return encode({ envelope, agents: this.agents.join(","), phase, reason, released, time });
  }

  static encodeRun(run: Run): Buffer {
    return encode(run);
  }

  /** A run from the disk. */
  loadRun(agent: string, value: Uint8Array): void {
    const map = decodeMap(value);
    const state = map["state"] as CommandState;
    if (!COMMAND_STATES.includes(state) || !this.runs.has(agent)) return;
    const told = ["code", "reason"].filter((key) => typeof map[key] === "string");
    this.set({
      agent,
      state,
      time: Number(map["time"]),
      ...Object.fromEntries(told.map((key) => [key, map[key]])),
      ...(isMap(map["result"]) ? { result: map["result"] as Values } : {}),
    });
  }

  get id(): string {
    return this.command.id;
  }

  get isMany(): boolean {
    return this.command.target.startsWith("{");
  }

  get isOver(): boolean {
    return this.phase === "ended";
  }

  /** @returns whether it was a change; what has ended stays as it is */
  set(run: Run): boolean {
    const before = this.runs.get(run.agent);
    if (!before || isEnded(before.state) || before.state === run.state) return false;
    this.#put(run);
    if (!isEnded(run.state)) return true;
    this.ended++;
    if (run.state !== "cancelled") this.outcomes.push(run.state !== "succeeded");
    return true;
  }

  /** It is this one agent's, of all that could have had it. */
  deal(agent: string, time: number): void {
    this.agents.splice(0, Infinity, agent);
    this.runs.clear();
    for (const state of Object.keys(this.counts)) delete this.counts[state];
    this.#put({ agent, state: "sent", time });
    this.released = 1;
  }

  get progressOfRuns(): Progress {
    const { agents, released, ended, outcomes } = this;
    return { total: agents.length, released, ended, outcomes };
  }

  /** All together, as it is told on the hub's own topic. */
  summary(): CommandProgress {
    const { id, target, name } = this.command;
    const result = { agents: this.agents.length, released: this.released, ...this.counts };
    const outcome = this.#outcome();
    return { id, target, name, ...outcome, time: this.time, result };
  }

  #outcome(): Pick<CommandProgress, "state" | "code" | "reason"> {
    if (!this.isOver) {
      const state = this.released === 0 ? "accepted" : "running";
      return this.reason === undefined ? { state } : { state, reason: this.reason };
    }
    const { total, succeeded } = { total: this.agents.length, succeeded: this.counts["succeeded"] ?? 0 };
    if (succeeded === total && total > 0) return { state: "succeeded" };
    if (this.reason !== undefined) return { state: "failed", code: "rollout-aborted", reason: this.reason };
    return { state: "failed", code: "rollout-failed", reason: `${succeeded} of ${total} agents succeeded` };
  }

  #put(run: Run): void {
    const before = this.runs.get(run.agent);
    if (before) this.counts[before.state] = (this.counts[before.state] ?? 0) - 1;
    this.counts[run.state] = (this.counts[run.state] ?? 0) + 1;
    this.runs.set(run.agent, run);
  }
}

export function isEnded(state: RunState): boolean {
  return state !== "waiting" && state !== "sent" && isFinal(state);
}
