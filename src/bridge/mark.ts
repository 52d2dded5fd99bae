import { openSync, writeSync } from "node:fs";

/** Longest name, plus the newline. */
const MARK_BYTES = 64;

/**
 * Notes which device's driver is about to run, where the core can read it after this process had to be killed. Written
 * only when it changes, at one place in a file in memory: about a microsecond.
 */
export class Mark {
  readonly #file: number;
  #last: string | undefined;

  constructor(path: string) {
    this.#file = openSync(path, "w", 0o600);
  }

  set(device: string): void {
    if (device === this.#last) return;
    this.#last = device;
    writeSync(this.#file, `${device}\n`.padEnd(MARK_BYTES), 0);
  }
}
