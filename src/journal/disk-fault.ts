import { DunlinError, messageOf, type ErrorCode } from "../base/index.ts";
import { diskTroubleOf, type DiskTrouble } from "./damage.ts";

const CODES: Readonly<Record<DiskTrouble, ErrorCode>> = {
  full: "disk-full",
  failed: "disk-failed",
  refused: "state-unwritable",
  busy: "state-unwritable",
};

const ADVICE: Readonly<Record<DiskTrouble, string>> = {
  full: "make room on this file system, or give the journal another folder",
  failed: "the disk or card is failing: look at the kernel's log and replace it",
  refused: "let this user write there, or give the journal another folder",
  busy: "another process has it open: stop that one, or give this one another folder",
};

/** The journal's own word that there is no room, before the system says so. */
export function noRoom(folder: string): DunlinError {
  const message = `no room for the journal's archive in ${folder}; ${ADVICE.full}`;
  return new DunlinError("disk-full", message, { context: { folder } });
}

/** What keeps the journal from writing, as the error that is told of; anything else is thrown on. */
export function diskFault(cause: unknown, folder: string): DunlinError {
  if (cause instanceof DunlinError && cause.code !== "internal") return cause;
  const trouble = diskTroubleOf(cause);
  if (trouble === undefined) throw cause;
  const message = `cannot write the journal in ${folder}: ${messageOf(cause)}; ${ADVICE[trouble]}`;
  return new DunlinError(CODES[trouble], message, { cause, context: { folder } });
}
