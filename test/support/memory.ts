import { readdirSync, readFileSync } from "node:fs";

/** Proportional set size of a process and all below it, bytes (proc(5), smaps_rollup). */
export function treeBytes(pid: number): number {
  return [...memoryByProcess(pid).values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The same for each of them, by its title. */
export function memoryByProcess(pid: number): Map<string, number> {
  const all = parents();
  const below = (pid: number): number[] => [
    pid,
    ...all.flatMap(([child, parent]) => (parent === pid ? below(child) : [])),
  ];
  return new Map(below(pid).map((pid) => [titleOf(pid), pssBytes(pid)]));
}

function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return String(pid);
  }
}

/** What the values rise by per hour, by least squares. @param points [seconds, value] */
export function slopePerHour(points: readonly (readonly [seconds: number, value: number])[]): number {
  const mean = (pick: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x, y] = [mean(([seconds]) => seconds), mean(([, value]) => value)];
  const above = points.reduce((sum, [seconds, value]) => sum + (seconds - x) * (value - y), 0);
  const below = points.reduce((sum, [seconds]) => sum + (seconds - x) ** 2, 0);
  return below === 0 ? 0 : (above / below) * 3_600;
}

function pssBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

function parents(): (readonly [pid: number, parent: number])[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0])] as const];
      } catch {
        return [];
      }
    });
}
