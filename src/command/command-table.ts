import { isFinal, type Command, type CommandProgress } from "../message/index.ts";
import { accepted, next, type CommandEvent } from "./lifecycle.ts";

/** A command and where it stands. */
export interface CommandEntry {
  readonly command: Command;
  readonly progress: CommandProgress;
}

/** Commands remembered, so that a repeated id does not run again; beyond that the oldest that has ended is forgotten. */
export const COMMAND_CAPACITY = 10_000;

/** Every command of this agent by id, oldest first. Tells of each change, and never of one twice. */
export class CommandTable {
  readonly #entries = new Map<string, CommandEntry>();
  readonly #capacity: number;
  readonly #onProgress: (progress: CommandProgress) => void;

  constructor(onProgress: (progress: CommandProgress) => void, capacity = COMMAND_CAPACITY) {
    this.#onProgress = onProgress;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): CommandEntry | undefined {
    return this.#entries.get(id);
  }

  /**
   * Takes a command in. A known id tells its progress again and nothing more.
   * @returns `new`, `known`, or `full` when none of the remembered has ended
   */
  accept(command: Command, timeUs: number): "new" | "known" | "full" {
    const known = this.#entries.get(command.id);
    if (known) {
      this.#onProgress(known.progress);
      return "known";
    }
    if (this.#entries.size >= this.#capacity && !this.#forgetOne()) return "full";
    this.#set({ command, progress: accepted(command, timeUs) });
    return "new";
  }

  /** @returns whether the event applied */
  apply(id: string, event: CommandEvent, timeUs: number): boolean {
    const entry = this.#entries.get(id);
    const progress = entry && next(entry.progress, event, timeUs);
    if (!entry || !progress) return false;
    this.#set({ command: entry.command, progress });
    return true;
  }

  /** Commands that have not ended. */
  *open(): IterableIterator<CommandEntry> {
    for (const entry of this.#entries.values()) if (!isFinal(entry.progress.state)) yield entry;
  }

  #set(entry: CommandEntry): void {
    this.#entries.set(entry.command.id, entry);
    this.#onProgress(entry.progress);
  }

  #forgetOne(): boolean {
    for (const [id, entry] of this.#entries)
      if (isFinal(entry.progress.state)) return this.#entries.delete(id);
    return false;
  }
}
