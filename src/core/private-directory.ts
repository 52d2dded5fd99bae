import { mkdirSync, statSync } from "node:fs";
import { DunlinError, messageOf } from "../base/index.ts";

/** Bits of a mode that let others than the owner write. */
const OTHERS_WRITE = 0o022;

/**
 * Makes the folder of the components' sockets, for this user alone. One that is there must be ours already: in a shared
 * folder such as /tmp anyone may have made it first, to speak to us as a component.
 * @throws DunlinError `state-unwritable`
 */
export function makePrivate(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(path);
    if (uid !== process.getuid?.()) throw new Error("it belongs to another user");
    if ((mode & OTHERS_WRITE) !== 0) throw new Error("others may write there: chmod 700 it");
  } catch (cause) {
    throw new DunlinError(
      "state-unwritable",
      `cannot use ${path} for the components' sockets: ${messageOf(cause)}; set runtimeDirectory to a folder of this user's own`,
      { cause, context: { path } },
    );
  }
}
