import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { ok, problem, skipped, warning, type Finding } from "./finding.ts";

const MEGABYTE = 1e6;
/** SQLite makes files beside its own, and the keys are files each. */
const MIN_INODES = 100;

/** Where the agent keeps its state: may it write there, and is there room. */
export async function lookAtDisk({ stateDirectory, journal }: Config): Promise<Finding[]> {
  const folder = nearest(stateDirectory);
  return [writable(stateDirectory, folder), room(stateDirectory, folder, journal)];
}

function writable(stateDirectory: string, folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return ok("state directory", `${stateDirectory} can be written`);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "EROFS")
      return problem(
        "state directory",
        `${folder} is on a file system that is mounted read-only`,
        "mount it for writing, or set stateDirectory to another place",
      );
    if (process.getuid?.() !== 0 && code === "EACCES")
      return skipped("state directory", `${folder} is not for this user: ask again with sudo`);
    return problem(
      "state directory",
      `${folder} cannot be written: ${messageOf(cause)}`,
      "sudo chown dunlin: it, or set stateDirectory to another place",
    );
  }
}

function room(
  stateDirectory: string,
  folder: string,
  { enabled, lowDiskMegabytes, maxMegabytes }: Config["journal"],
): Finding {
  const { bavail, bsize, ffree, files } = statfsSync(folder);
  const freeMegabytes = Math.floor((bavail * bsize) / MEGABYTE);
  // File systems that make inodes as they are wanted say that they have none.
  if (files > 0 && ffree < MIN_INODES)
    return problem(
      "disk",
      `${ffree} files can still be made in ${stateDirectory}: it is out of inodes`,
      "delete what makes many small files on that file system",
    );
  if (enabled && freeMegabytes < lowDiskMegabytes)
    return problem(
      "disk",
      `${freeMegabytes} MB are free in ${stateDirectory}: the journal grows no more, and its oldest readings go`,
      `free some, or set journal.lowDiskMegabytes (${lowDiskMegabytes}) lower`,
    );
  if (enabled && freeMegabytes < maxMegabytes)
    return warning(
      "disk",
      `${freeMegabytes} MB are free in ${stateDirectory}, less than the journal may take`,
      `free some, or set journal.maxMegabytes (${maxMegabytes}) lower`,
    );
  return ok("disk", `${freeMegabytes} MB are free in ${stateDirectory}`);
}

/** It, or the folder in which it would be made. */
export function nearest(folder: string): string {
  return existsSync(folder) || folder === "/" ? folder : nearest(dirname(folder));
}
