import { watch, type FSWatcher } from "node:fs";
import { basename } from "node:path";

/** An editor and `cp` write a file in several steps, ms. */
const SETTLE_MS = 50;

/** Tells when something in some folders has changed, once things have settled. */
export class FolderWatch {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #settle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** To be called before each reading of the folder, so that nothing that changes meanwhile is missed. @throws an error of the system's */
  add(folder: string): void {
    if (this.#closed || this.#watchers.has(folder)) return;
    const watcher = watch(folder, { persistent: false });
    this.#watchers.set(folder, watcher);
    watcher.on("change", (_event, file) => {
      // The folder itself is gone, or another is in its place: this watcher sees nothing of that one.
      if (file === basename(folder)) this.#forget(folder, watcher);
      this.#changed();
    });
    watcher.on("error", () => {
      this.#forget(folder, watcher);
      this.#changed();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #forget(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.#watchers.delete(folder);
  }

  #changed(): void {
    if (this.#closed) return;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(this.#onChange, SETTLE_MS);
  }
}
