import { readlinkSync, type Stats } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { lookAt } from "./device-node.ts";
import type { SystemRoots } from "./system.ts";

/** A process that has a port open. */
export interface PortHolder {
  readonly pid: number;
  /** Its short name, `ModemManager`; empty if it ended meanwhile. */
  readonly command: string;
}

/**
 * Who has these device nodes open, by /proc/<pid>/fd, and who has them locked, by /proc/locks. Without root only one's
 * own processes show the first; the second is readable by all.
 * @param paths device nodes or links to them
 * @returns for each path that has any, its holders
 */
export async function holdersOf(
  paths: readonly string[],
  roots: SystemRoots,
): Promise<ReadonlyMap<string, readonly PortHolder[]>> {
  const pids = new Map<string, Set<number>>();
  const add = (path: string, pid: number): unknown =>
    pids.get(path)?.add(pid) ?? pids.set(path, new Set([pid]));
  const byTarget = await targetsOf(paths);
  for (const pid of await processes(roots))
    for (const target of await openFilesOf(pid, roots))
      for (const path of byTarget.get(target) ?? []) add(path, pid);
  const locks = await readFile(`${roots.proc}/locks`, "utf8").catch(() => "");
  for (const path of paths) for (const pid of lockers(locks, await lookAt(path))) add(path, pid);
  const named = [...pids].map(
    async ([path, set]) => [path, await Promise.all([...set].map((pid) => holder(pid, roots)))] as const,
  );
  return new Map(await Promise.all(named));
}

async function targetsOf(paths: readonly string[]): Promise<Map<string, string[]>> {
  const byTarget = new Map<string, string[]>();
  for (const path of paths) {
    const target = await realpath(path).catch(() => path);
    byTarget.set(target, [...(byTarget.get(target) ?? []), path]);
  }
  return byTarget;
}

async function processes(roots: SystemRoots): Promise<number[]> {
  const names = await readdir(roots.proc).catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The links of one process are read in one go: a wait for each would cost more than the reading. */
async function openFilesOf(pid: number, roots: SystemRoots): Promise<string[]> {
  const folder = `${roots.proc}/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => linkTarget(`${folder}/${name}`));
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

async function holder(pid: number, roots: SystemRoots): Promise<PortHolder> {
  return { pid, command: (await readFile(`${roots.proc}/${pid}/comm`, "utf8").catch(() => "")).trim() };
}

/** Lines of /proc/locks (proc_locks(5)): `1: FLOCK ADVISORY WRITE 713 00:06:123 0 EOF`; device numbers hexadecimal, inode decimal. */
function lockers(locks: string, node: Stats | undefined): number[] {
  if (node === undefined) return [];
  const file = `${hex(major(node.dev))}:${hex(minor(node.dev))}:${node.ino}`;
  const fields = locks.split("\n").map((line) => line.trim().split(/\s+/));
  return fields
    .filter((field) => field[5] === file)
    .map((field) => Number(field[4]))
    .filter((pid) => pid > 0);
}

function hex(number: number): string {
  return number.toString(16).padStart(2, "0");
}

/** gnu_dev_major and gnu_dev_minor of the C library; device numbers of file systems and ttys fit 32 bits. */
function major(device: number): number {
  return (device >>> 8) & 0xfff;
}

function minor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
