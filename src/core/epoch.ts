import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";

/** The epoch's file in the state directory: one decimal number and a newline. */
const FILE = "epoch";

/** What {@link nextEpoch} did. */
export interface Epoch {
  readonly epoch: number;
  /** The file could not be read; the epoch was taken from the wall clock instead, which is greater than any count. */
  readonly damaged: boolean;
}

/**
 * The epoch of this start: one more than the last, and on disk (file and folder synced) before anything is published
 * under it, so that (epoch, seq) never names two readings.
 * @throws DunlinError `state-unwritable`, `disk-full`
 */
export function nextEpoch(stateDirectory: string): Epoch {
  const path = join(stateDirectory, FILE);
  try {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    const last = readEpoch(path);
    const epoch = (last ?? Math.floor(Date.now() / 1_000)) + 1;
    write(path, stateDirectory, `${epoch}\n`);
    return { epoch, damaged: last === undefined };
  } catch (cause) {
    const isFull = systemCodeOf(cause) === "ENOSPC";
    throw new DunlinError(
      isFull ? "disk-full" : "state-unwritable",
      `cannot keep the epoch in ${path}: ${messageOf(cause)}; ${isFull ? "make room on this file system" : "set stateDirectory to a folder that this user may write"}`,
      { cause, context: { path } },
    );
  }
}

/** @returns 0 if there is no file yet, undefined if it holds no number */
function readEpoch(path: string): number | undefined {
  try {
    const text = readFileSync(path, "latin1").trim();
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return 0;
    throw cause;
  }
}

/** On a disk without a free block the file that is there has one: the few bytes of it are written in place, in one sector. */
function write(path: string, folder: string, text: string): void {
  try {
    replace(path, folder, text);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOSPC" || !existsSync(path)) throw cause;
    writeSynced(path, "r+", text);
  }
}

/** Writes a file so that a power cut leaves the old or the new one, whole. */
function replace(path: string, folder: string, text: string): void {
  const temporary = `${path}.new`;
  writeSynced(temporary, "w", text);
  renameSync(temporary, path);
  const directory = openSync(folder, "r");
  fsyncSync(directory);
  closeSync(directory);
}

function writeSynced(path: string, flags: "w" | "r+", text: string): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, text, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
