import type { CommandProgress } from "../message/index.ts";

/** Commands that are remembered. */
const MOST = 20;

/** What became of commands lately: one entry each, the newest word first. */
export class LatestCommands {
  #all: readonly CommandProgress[] = [];

  get all(): readonly CommandProgress[] {
    return this.#all;
  }

  take(progress: CommandProgress): void {
    this.#all = [progress, ...this.#all.filter(({ id }) => id !== progress.id)].slice(0, MOST);
  }
}
