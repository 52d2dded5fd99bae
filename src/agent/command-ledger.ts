import type { DunlinError } from "../base/index.ts";
import { CommandTable, type CommandEntry, type CommandEvent } from "../command/index.ts";
import type { Durable } from "../core/index.ts";
import type { CommandPut } from "../ipc/index.ts";
import {
  decodeProgress,
  encodeProgress,
  isFinal,
  type Command,
  type CommandProgress,
  type CommandState,
} from "../message/index.ts";

export interface LedgerPorts {
  nowUs(): number;
  publish(progress: CommandProgress): void;
  put(put: CommandPut, done: (durable: Durable) => void): void;
  /** Whether its component has it: then it is told of, noted or not. */
  hasBegun(id: string): boolean;
  /** A state is durable and has been told of. */
  onNoted(command: Command, state: CommandState): void;
  /** It has come to a final state, that is not durable yet. */
  onFinal(id: string): void;
  /** A final state is durable and has been told of. */
  onEnded(progress: CommandProgress): void;
}

/** Where every command stands: noted on the disk first, then told of. docs/adr/0009. */
export class CommandLedger {
  readonly #ports: LedgerPorts;
  readonly #table = new CommandTable();
  /** Commands that have ended since the start, by the state in which they did. */
  readonly ended: Partial<Record<CommandState, number>> = {};

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
  }

  get(id: string): CommandEntry | undefined {
    return this.#table.get(id);
  }

  open(): IterableIterator<CommandEntry> {
    return this.#table.open();
  }

  /** Nothing is noted by this: {@link keep} does. */
  accept(command: Command, envelope: Buffer): "new" | "known" | "full" {
    return this.#table.accept(command, envelope, this.#ports.nowUs());
  }

  restore(entry: CommandEntry): void {
    this.#table.restore(entry);
  }

  /** As {@link change}, but for {@link keep}. @returns the new progress, if the event applied */
  apply(id: string, event: CommandEvent): CommandProgress | undefined {
    return this.#table.apply(id, event, this.#ports.nowUs());
  }

  change(id: string, event: CommandEvent): void {
    const progress = this.apply(id, event);
    if (progress) this.keep(id, [progress], false);
  }

  /**
   * Has the newest of these states made durable, then tells of all of them.
   * @param isNew the journal is to look first whether it knows the command
   */
  keep(id: string, states: readonly CommandProgress[], isNew: boolean): void {
    const newest = states.at(-1);
    const envelope = this.#table.get(id)?.envelope;
    if (!newest || !envelope) return;
    const { state, time } = newest;
    if (isFinal(state)) this.#ports.onFinal(id);
    this.#ports.put({ id, state, time, envelope, progress: encodeProgress(newest), isNew }, (durable) =>
      this.#kept(id, states, durable),
    );
  }

  #kept(id: string, states: readonly CommandProgress[], durable: Durable): void {
    if (durable.kind === "known") return this.#adopt(id, decodeProgress(durable.progress));
    const newest = states.at(-1);
    // What has begun is told in any case; what has not must not begin.
    if (durable.kind === "failed" && newest && !isFinal(newest.state) && !this.#ports.hasBegun(id))
      return this.#refuse(id, states, durable.error);
    for (const progress of states) this.#tell(progress);
    const command = this.#table.get(id)?.command;
    if (command && newest) this.#ports.onNoted(command, newest.state);
  }

  #refuse(id: string, states: readonly CommandProgress[], { code, message }: DunlinError): void {
    const reason = `not begun, because it could not be noted that it is: ${message}`;
    const type = this.#table.get(id)?.progress.state === "accepted" ? "reject" : "fail";
    for (const progress of states) this.#tell(progress);
    this.change(id, { type, code, reason });
  }

  /** It had come before: it has been recovered meanwhile, or it has ended and this agent had forgotten it. */
  #adopt(id: string, progress: CommandProgress): void {
    const entry = this.#table.get(id);
    if (entry?.told) return this.#ports.publish(entry.told);
    if (entry) this.#table.restore({ ...entry, progress, told: progress });
    this.#ports.onFinal(id);
    this.#ports.publish(progress);
  }

  #tell(progress: CommandProgress): void {
    this.#table.tell(progress.id, progress);
    this.#ports.publish(progress);
    if (!isFinal(progress.state)) return;
    this.ended[progress.state] = (this.ended[progress.state] ?? 0) + 1;
    this.#ports.onEnded(progress);
  }
}
