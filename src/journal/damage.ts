import { crc32 } from "node:zlib";
import { DunlinError, systemCodeOf } from "../base/index.ts";

/**
 * What SQLite says of a file that is not what it was: SQLITE_CORRUPT, SQLITE_NOTADB; SQLITE_CONSTRAINT, SQLITE_MISMATCH
 * too, for the journal writes nothing that is against its own rules. https://sqlite.org/rescode.html
 */
const DAMAGED = new Set([11, 19, 20, 26]);
/** SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN. */
const REFUSED = new Set([3, 8, 14]);
const NO_PLACE = new Set(["EACCES", "EEXIST", "EISDIR", "ELOOP", "ENOENT", "ENOTDIR", "EPERM", "EROFS"]);
const BUSY = 5;
const IOERR = 10;
const FULL = 13;

/** Something in a file of the journal that cannot be what was written. */
export function damaged(what: string): DunlinError {
  return new DunlinError("journal-damaged", what);
}

/** @returns the primary result code of an error of SQLite's, or undefined */
export function sqliteCodeOf(cause: unknown): number | undefined {
  const code = cause instanceof Error && "errcode" in cause ? cause.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** Whether the file is to be given up: SQLite or our own checksums say so, or a number in it is beyond all numbers. */
export function isDamage(cause: unknown): boolean {
  if (cause instanceof DunlinError) return cause.code === "journal-damaged";
  return DAMAGED.has(sqliteCodeOf(cause) ?? 0) || systemCodeOf(cause) === "ERR_OUT_OF_RANGE";
}

export type DiskTrouble = "busy" | "full" | "failed" | "refused";

/** What kept the journal from writing, if it was the disk. */
export function diskTroubleOf(cause: unknown): DiskTrouble | undefined {
  const sqlite = sqliteCodeOf(cause) ?? 0;
  const system = systemCodeOf(cause) ?? "";
  if (sqlite === BUSY) return "busy";
  if (sqlite === FULL || system === "ENOSPC" || system === "EDQUOT") return "full";
  if (REFUSED.has(sqlite) || NO_PLACE.has(system)) return "refused";
  if (sqlite === IOERR || system === "EIO" || system === "ENXIO" || system === "ENODEV") return "failed";
  return undefined;
}

/** Checksum of a row: a SQLite file has none, and a flipped bit may leave it well-formed. */
export function rowChecksum(values: readonly (string | number)[], data?: Uint8Array): number {
  const fields = crc32(values.join("\0"));
  return data ? crc32(data, fields) : fields;
}
