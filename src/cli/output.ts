import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { resolve as absolute } from "node:path";
import { DunlinError, messageOf } from "../base/index.ts";
import type { OutputMark } from "./cursor-file.ts";

/** Where the lines of `sub` go. */
export interface Output {
  /** Nothing was written to it by an earlier run, as far as can be known. */
  readonly isNew: boolean;
  /** Resolves when the text is out of our hands: written to the file, or taken by the pipe. Rejects if it is not. */
  write(text: string): Promise<void>;
  /** Makes what was written durable. @returns how far that is; undefined if it is no file */
  settle(): OutputMark | undefined;
  close(): void;
}

/**
 * @param mark of an earlier run: what lies after it was written but not noted, and is cut off
 * @throws DunlinError `usage`
 */
export function openOutput(path: string | undefined, mark: OutputMark | undefined): Output {
  return path === undefined ? STDOUT : new FileOutput(absolute(path), mark);
}

const STDOUT: Output = {
  isNew: true,
  write: (text) =>
    new Promise((resolve, reject) =>
      process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
    ),
  settle: () => undefined,
  close: () => {},
};

class FileOutput implements Output {
  readonly isNew: boolean;
  readonly #path: string;
  readonly #file: number;
  #bytes: number;

  constructor(path: string, mark: OutputMark | undefined) {
    this.#path = path;
    // The mark of another file says nothing of this one.
    const keep = mark?.path === path ? mark.bytes : undefined;
    try {
      this.#file = openSync(path, "a", 0o644);
      const { size } = fstatSync(this.#file);
      if (keep !== undefined && size < keep)
        throw new Error(
          `it has ${size} bytes, and had ${keep} when its cursor was saved; delete the cursor file to begin anew`,
        );
      this.#bytes = keep ?? size;
      if (size > this.#bytes) ftruncateSync(this.#file, this.#bytes);
      this.isNew = this.#bytes === 0;
    } catch (cause) {
      throw new DunlinError("usage", `cannot write to ${path}: ${messageOf(cause)}`, { cause });
    }
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    } catch (cause) {
      throw new DunlinError("disk-failed", `cannot write to ${this.#path}: ${messageOf(cause)}`, { cause });
    }
    this.#bytes += bytes.length;
  }

  settle(): OutputMark {
    fdatasyncSync(this.#file);
    return { path: this.#path, bytes: this.#bytes };
  }

  close(): void {
    closeSync(this.#file);
  }
}
