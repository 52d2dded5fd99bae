import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { DunlinError, messageOf, monotonicMs, systemCodeOf } from "../base/index.ts";
import { formatHeader, formatItem } from "./recording.ts";
import type { RecordingHeader } from "./recording-header.ts";

/** What waits for the next flush at most, bytes; a fast line does not wait for it. */
const MAX_BUFFERED = 65_536;

/**
 * Writes a recording. Only whole lines reach the file, in one system call each time: what was flushed is there whole
 * after kill -9.
 */
export class Recorder {
  readonly #path: string;
  readonly #file: number;
  readonly #startMs = monotonicMs();
  #lines: string[] = [];
  #buffered = 0;
  #written = 0;
  #bytes = 0;
  #failed = false;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Its milliseconds begin now. The header is in the file at once.
   * @throws DunlinError `usage` if the file is there already or cannot be made, `disk-full`, `disk-failed`
   */
  static create(path: string, header: RecordingHeader, { overwrite }: { overwrite: boolean }): Recorder {
    const recorder = new Recorder(path, create(path, overwrite));
    recorder.#add(formatHeader(header));
    recorder.flush();
    return recorder;
  }

  /** How many bytes of the device are in it, those that wait for the flush included. */
  get bytes(): number {
    return this.#bytes;
  }

  get elapsedMs(): number {
    return monotonicMs() - this.#startMs;
  }

  /** What came from the device just now. @throws DunlinError `disk-full`, `disk-failed` */
  chunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#add(formatItem({ kind: "chunk", atMs: this.elapsedMs, direction: "<", bytes }));
    if (this.#buffered > MAX_BUFFERED) this.flush();
  }

  /** The line was lost just now, or is open again. */
  gap(text: string): void {
    this.#add(formatItem({ kind: "gap", atMs: this.elapsedMs, text }));
  }

  /** To be called once a second. @throws DunlinError `disk-full`, `disk-failed` */
  flush(): void {
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#buffered = 0;
    if (this.#failed) return;
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    } catch (cause) {
      this.#failed = true;
      this.#cutBack();
      const code = systemCodeOf(cause) === "ENOSPC" ? "disk-full" : "disk-failed";
      throw new DunlinError(code, `cannot write to ${this.#path}: ${messageOf(cause)}`, { cause });
    }
    this.#written += bytes.length;
  }

  /** @throws as `flush` */
  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #add(lines: string): void {
    this.#lines.push(lines);
    this.#buffered += lines.length;
  }

  /** Half a line would make the rest unreadable. A pipe cannot be cut. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#file, this.#written);
    } catch {
      // The reader will say where it was cut off.
    }
  }
}

function create(path: string, overwrite: boolean): number {
  try {
    return openSync(path, overwrite ? "w" : "wx", 0o644);
  } catch (cause) {
    const text =
      systemCodeOf(cause) === "EEXIST"
        ? `${path} is there already: take another name, or write over it with --force`
        : `cannot write to ${path}: ${messageOf(cause)}`;
    throw new DunlinError("usage", text, { cause });
  }
}
