import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, systemCodeOf } from "../base/index.ts";
import type { Faults } from "./fault.ts";
import { type Source, sourceOf } from "./source.ts";

/** Longer files are refused: a thousand devices fit, and a wrong path to a large file does no harm. */
export const MAX_FILE_BYTES = 262_144;

const utf8 = new TextDecoder("utf-8", { fatal: true });

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};

/** @returns undefined, with a fault told, if the file cannot be read, is too long or is not UTF-8 */
export async function readSource(file: string, order: number, faults: Faults): Promise<Source | undefined> {
  try {
    const bytes = await readCapped(file);
    if (bytes.length <= MAX_FILE_BYTES) return decode(file, bytes, order, faults);
    faults.addFile(file, order, `is longer than ${MAX_FILE_BYTES / 1024} KiB, which no configuration is`);
  } catch (thrown) {
    addUnreadable(file, order, thrown, faults);
  }
  return undefined;
}

/** `*.yaml` in a folder, by name; none if there is no folder. What begins with a dot is an editor's. */
export async function listFolder(folder: string, faults: Faults): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    // A pipe in the folder would be waited for; a link is followed.
    const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
    const visible = names.filter((name) => !name.startsWith(".")).toSorted();
    for (const name of visible.filter((name) => name.endsWith(".yml")))
      faults.addFile(join(folder, name), 1, "would not be read: its name must end in .yaml");
    return visible.filter((name) => name.endsWith(".yaml")).map((name) => join(folder, name));
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code !== "ENOENT" && code !== "ENOTDIR") addUnreadable(folder, 1, thrown, faults);
    return [];
  }
}

/** Reads no further than one byte above the cap, whatever the size of the file is said to be. */
async function readCapped(file: string): Promise<Uint8Array> {
  await using handle = await open(file, "r");
  const bytes = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function decode(file: string, bytes: Uint8Array, order: number, faults: Faults): Source | undefined {
  try {
    return sourceOf(file, utf8.decode(bytes), order);
  } catch {
    const source = sourceOf(file, new TextDecoder().decode(bytes), order);
    const start = Math.max(0, source.text.indexOf("\ufffd"));
    faults.add({ source, start, end: start + 1 }, [], "this is not UTF-8", {
      hint: "save the file as UTF-8",
    });
    return undefined;
  }
}

function addUnreadable(file: string, order: number, thrown: unknown, faults: Faults): void {
  const reason = REASONS[systemCodeOf(thrown) ?? ""] ?? messageOf(thrown);
  const hint =
    reason === "permission denied" ? "the user that the agent runs as must be able to read it" : undefined;
  faults.addFile(file, order, `cannot be read: ${reason}`, { code: "config-unreadable", hint });
}
