import { readFileSync } from "node:fs";

/** Ticks a second of /proc/<pid>/stat; sysconf(_SC_CLK_TCK) is 100 on every Linux that Dunlin runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, ms (proc(5), utime + stime), or undefined if it is gone. */
export function cpuTimeMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything; count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}
