import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/index.ts";
import { Archive } from "./archive.ts";
import type { CommandBounds } from "./command-table.ts";
import { isDamage, sqliteCodeOf } from "./damage.ts";
import { syncFolder } from "./slot-file.ts";

/** A file that was moved out of the way. */
export interface Quarantine {
  /** Where it is now. */
  readonly path: string;
  /** What is wrong with it, as SQLite or our checksums put it. */
  readonly reason: string;
}

const FILE = "journal.db";
const DAMAGED = /^journal\.damaged-(\d+)$/;
/** Damaged files kept for whoever wants to look; the oldest goes. */
const KEEP_DAMAGED = 2;
const IOERR = 10;

export interface ArchiveLimits {
  /** How large the file may grow. */
  readonly maxPages: number;
  readonly commands: CommandBounds;
}

/**
 * Opens the archive in a folder, or makes it. A damaged one is moved aside and a new one made.
 * @param load reads what it needs of it; what it cannot read is damage too
 * @throws an error of SQLite's or of the system: the folder cannot be written, the file is in use, the disk is full
 */
export function openArchive(
  folder: string,
  limits: ArchiveLimits,
  load: (archive: Archive) => void,
): { archive: Archive; quarantined?: Quarantine } {
  try {
    return { archive: open(folder, limits, load) };
  } catch (cause) {
    // A file whose blocks cannot be read is as damaged as one that reads wrong.
    if (!isDamage(cause) && sqliteCodeOf(cause) !== IOERR) throw cause;
    const quarantined = quarantine(folder, messageOf(cause));
    return { archive: open(folder, limits, load), quarantined };
  }
}

function open(folder: string, limits: ArchiveLimits, load: (archive: Archive) => void): Archive {
  const archive = Archive.open(join(folder, FILE), limits.maxPages, limits.commands);
  try {
    load(archive);
    return archive;
  } catch (cause) {
    archive.close();
    throw cause;
  }
}

/** Moves the archive aside; its rollback journal goes, for it belongs to no other file. */
export function quarantine(folder: string, reason: string): Quarantine {
  const numbers = damagedIn(folder);
  const path = join(folder, `journal.damaged-${(numbers.at(-1) ?? 0) + 1}`);
  renameSync(join(folder, FILE), path);
  rmSync(join(folder, `${FILE}-journal`), { force: true });
  removeDamaged(folder, KEEP_DAMAGED);
  syncFolder(folder);
  return { path, reason };
}

/** @param keep how many of the newest stay */
export function removeDamaged(folder: string, keep: number): void {
  const numbers = damagedIn(folder);
  for (const number of numbers.slice(0, Math.max(0, numbers.length - keep)))
    rmSync(join(folder, `journal.damaged-${number}`), { force: true });
}

function damagedIn(folder: string): number[] {
  const found = readdirSync(folder).map((name) => DAMAGED.exec(name)?.[1]);
  return found
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((one, other) => one - other);
}

/** Bytes of the archive, its rollback journal and what was moved aside. */
export function bytesIn(folder: string): number {
  const names = [FILE, `${FILE}-journal`, ...damagedIn(folder).map((number) => `journal.damaged-${number}`)];
  return names
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + statSync(path).size, 0);
}
