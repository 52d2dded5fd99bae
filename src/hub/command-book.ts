import { DunlinError } from "../base/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import { encode } from "../message/index.ts";
import { FleetCommand, isEnded, type Run, type RunState } from "./fleet-command.ts";

export const COMMANDS_TABLE = "commands";
export const RUNS_TABLE = "runs";

/** Envelope and names of the agents, as one message to the store. */
const MAX_RECORD_BYTES = 240 * 1024;
/** Commands and runs that are remembered; the oldest commands that have ended go. */
const MAX_COMMANDS = 1_000;
const MAX_RUNS = 250_000;

/** Every command at the hub: in memory, by id and by agent, and on the disk. */
export class CommandBook {
  readonly #keep: (record: KeptRecord, done?: () => void) => void;
  /** In the order in which they came. */
  readonly #byId = new Map<string, FleetCommand>();
  readonly #open = new Set<FleetCommand>();
  /** Commands that an agent has not ended, by agent, in the order in which they came. */
  readonly #byAgent = new Map<string, Set<FleetCommand>>();
  #runs = 0;
  /** Runs that have ended since the start, by the state in which they did. */
  readonly #ended: Partial<Record<RunState, number>> = {};

  constructor(keep: (record: KeptRecord, done?: () => void) => void) {
    this.#keep = keep;
  }

  /** Records from the disk: all commands before any run. {@link loaded} follows. */
  load({ table, key, value }: KeptRecord): void {
    if (!value) return;
    if (table === COMMANDS_TABLE) this.#byId.set(key, FleetCommand.decode(value));
    const [id = "", agent = ""] = key.split("/");
    if (table === RUNS_TABLE) this.#byId.get(id)?.loadRun(agent, value);
  }

  loaded(): void {
    for (const one of this.#byId.values()) {
      one.loaded();
      this.#runs += one.runs.size;
      if (one.isOver) continue;
      this.#open.add(one);
      for (const { agent, state } of one.runs.values()) if (!isEnded(state)) this.index(one, agent);
    }
  }

  get(id: string): FleetCommand | undefined {
    return this.#byId.get(id);
  }

  newestFirst(): FleetCommand[] {
    return [...this.#byId.values()].reverse();
  }

  get counts() {
    return { open: this.#open.size, ended: { ...this.#ended } };
  }

  /** Those that are not over. */
  open(): FleetCommand[] {
    return [...this.#open];
  }

  openOf(agent: string): FleetCommand[] {
    return [...(this.#byAgent.get(agent) ?? [])];
  }

  /**
   * @param done told when the disk has it
   * @throws DunlinError `message-too-large`, `overloaded`
   */
  add(one: FleetCommand, done: () => void): void {
    if (one.encode().length > MAX_RECORD_BYTES)
      throw new DunlinError(
        "message-too-large",
        `${one.total} agents are too many for one command: choose fewer`,
      );
    this.#forgetOldest(one.runs.size);
    if (this.#byId.size >= MAX_COMMANDS)
      throw new DunlinError("overloaded", "too many commands have not ended yet: try again later");
    this.#byId.set(one.id, one);
    this.#open.add(one);
    this.#runs += one.runs.size;
    for (const agent of one.runs.keys()) this.index(one, agent);
    this.note(one, () => {
      one.isNoted = true;
      done();
    });
  }

  /** The command has changed. @param done told when the disk has that, and all that was noted before */
  note(one: FleetCommand, done?: () => void): void {
    if (one.isOver) this.#open.delete(one);
    this.#keep({ table: COMMANDS_TABLE, key: one.id, value: one.encode() }, done);
  }

  /** A run has ended. */
  noteRun(one: FleetCommand, run: Run, done: () => void): void {
    this.close(one, run);
    this.#keep({ table: RUNS_TABLE, key: runKey(one, run.agent), value: encode(run) }, done);
  }

  /** The agent has something to do with it. */
  index(one: FleetCommand, agent: string): void {
    const open = this.#byAgent.get(agent) ?? new Set<FleetCommand>();
    this.#byAgent.set(agent, open.add(one));
  }

  /** And now no more: it has ended there. */
  close(one: FleetCommand, { agent, state }: Run): void {
    const open = this.#byAgent.get(agent);
    open?.delete(one);
    if (open?.size === 0) this.#byAgent.delete(agent);
    this.#ended[state] = (this.#ended[state] ?? 0) + 1;
  }

  #forgetOldest(newRuns: number): void {
    for (const [id, one] of this.#byId) {
      if (this.#byId.size < MAX_COMMANDS && this.#runs + newRuns <= MAX_RUNS) return;
      if (!one.isOver) continue;
      this.#byId.delete(id);
      this.#runs -= one.runs.size;
      this.#keep({ table: COMMANDS_TABLE, key: id });
      for (const agent of one.runs.keys()) this.#keep({ table: RUNS_TABLE, key: runKey(one, agent) });
    }
  }
}

export function runKey(one: FleetCommand, agent: string): string {
  return `${one.id}/${agent}`;
}
