import { isFinal, type Command, type CommandProgress } from "../message/index.ts";
import { accepted, next, type CommandEvent } from "./lifecycle.ts";

/** A command and where it stands. */
export interface CommandEntry {
  readonly command: Command;
  /** The command as it came. */
  readonly envelope: Buffer;
  readonly progress: CommandProgress;
  /** What of it the world knows: never more than is durable. */
  readonly told: CommandProgress | undefined;
}

/** Commands remembered, so that a repeated id does not run again; beyond that the oldest that has ended is forgotten. */
export const COMMAND_CAPACITY = 10_000;

/** Every command of this agent by id, oldest first. */
export class CommandTable {
  readonly #entries = new Map<string, CommandEntry>();
  readonly #capacity: number;

  constructor(capacity = COMMAND_CAPACITY) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): CommandEntry | undefined {
    return this.#entries.get(id);
  }

  /**
   * Takes a command in.
   * @returns `new`, `known`, or `full` when none of the remembered has ended
   */
  accept(command: Command, envelope: Buffer, timeUs: number): "new" | "known" | "full" {
    if (this.#entries.has(command.id)) return "known";
    if (this.#entries.size >= this.#capacity && !this.#forgetOne()) return "full";
    this.#set({ command, envelope, progress: accepted(command, timeUs), told: undefined });
    return "new";
  }

  /** One of which more is known than was: from the journal. */
  restore(entry: CommandEntry): void {
    this.#set(entry);
  }

  /** @returns the new progress, or undefined if the event did not apply */
  apply(id: string, event: CommandEvent, timeUs: number): CommandProgress | undefined {
    const entry = this.#entries.get(id);
    const progress = entry && next(entry.progress, event, timeUs);
    if (entry && progress) this.#set({ ...entry, progress });
    return progress;
  }

  tell(id: string, told: CommandProgress): void {
    const entry = this.#entries.get(id);
    if (entry) this.#set({ ...entry, told });
  }

  /** Commands that have not ended. */
  *open(): IterableIterator<CommandEntry> {
    for (const entry of this.#entries.values()) if (!isFinal(entry.progress.state)) yield entry;
  }

  #set(entry: CommandEntry): void {
    this.#entries.set(entry.command.id, entry);
  }

  #forgetOne(): boolean {
    for (const [id, { told }] of this.#entries)
      if (told && isFinal(told.state)) return this.#entries.delete(id);
    return false;
  }
}
