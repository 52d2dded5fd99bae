import type { Stats } from "node:fs";
import { access, constants, readFile, stat } from "node:fs/promises";
import type { SystemRoots } from "./system.ts";

/** A device node as it is now, or undefined if there is none; links are followed. */
export async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

/** Whether two looks saw the same node: a device that was unplugged and plugged in again has a new one. */
export function isSameNode(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.rdev === other?.rdev && one?.ino === other?.ino && one?.dev === other?.dev;
}

/**
 * Looks at a path again and again. Polling, because that works for a link in /dev/serial/by-id too, whose folder comes
 * and goes with the last adapter, and costs one system call a look.
 * @returns ends it; after that `onLook` is not called any more
 */
export function watchNode(
  path: string,
  everyMs: number,
  onLook: (node: Stats | undefined) => void,
): () => void {
  let ended = false;
  let timer = setTimeout(look, everyMs);
  function look(): void {
    void lookAt(path).then((node) => {
      if (ended) return;
      timer = setTimeout(look, everyMs);
      onLook(node);
    });
  }
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** Who may use a device node. */
export interface NodeAccess {
  /** Whether this process may. */
  readonly readable: boolean;
  readonly writable: boolean;
  /** Names, or numbers where the system has no name. */
  readonly owner: string;
  readonly group: string;
  /** As `ls -l` shows it, without the type: `rw-rw----`. */
  readonly mode: string;
}

/** @throws the system's error when the node is gone */
export async function accessOf(path: string, roots: SystemRoots): Promise<NodeAccess> {
  const node = await stat(path);
  return {
    readable: await may(path, constants.R_OK),
    writable: await may(path, constants.W_OK),
    owner: await nameOf(node.uid, `${roots.etc}/passwd`),
    group: await nameOf(node.gid, `${roots.etc}/group`),
    mode: modeText(node.mode),
  };
}

/** The members of a group by its entry in /etc/group. */
export async function membersOf(group: string, roots: SystemRoots): Promise<readonly string[]> {
  const entry = (await entriesOf(`${roots.etc}/group`)).find(([name]) => name === group);
  return (entry?.[3] ?? "").split(",").filter((name) => name !== "");
}

async function may(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** passwd(5) and group(5) both have the name first and the number third. */
async function nameOf(id: number, file: string): Promise<string> {
  return (await entriesOf(file)).find(([, , number]) => number === String(id))?.[0] ?? String(id);
}

async function entriesOf(file: string): Promise<string[][]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").map((line) => line.split(":"));
}

function modeText(mode: number): string {
  const letter = (bit: number): string => ((mode >> bit) & 1 ? "xwr".charAt(bit % 3) : "-");
  return [8, 7, 6, 5, 4, 3, 2, 1, 0].map(letter).join("");
}
