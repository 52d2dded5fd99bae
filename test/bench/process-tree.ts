import { readdirSync, readFileSync } from "node:fs";

/** CPU time that these processes and all below them have used, over all of their threads, µs (proc(5), schedstat). */
export function cpuUs(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of withDescendants(pids))
    for (const thread of entries(`/proc/${pid}/task`))
      nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0] ?? 0);
  return nanoseconds / 1_000;
}

/** What they hold, MB: pages that they share count once. */
export interface Memory {
  /** Proportional set size. */
  readonly pss: number;
  /** The part of it that is no file's. */
  readonly anonymous: number;
}

/** Of these processes and all below them (proc(5), smaps_rollup). */
export function memoryMb(pids: readonly number[]): Memory {
  const tables = withDescendants(pids).map((pid) => read(`/proc/${pid}/smaps_rollup`));
  const sum = (row: RegExp): number =>
    tables.reduce((total, table) => total + Number(row.exec(table)?.[1] ?? 0), 0) / 1_024;
  return { pss: sum(/^Pss:\s+(\d+)/m), anonymous: sum(/^Pss_Anon:\s+(\d+)/m) };
}

function withDescendants(roots: readonly number[]): number[] {
  const parents = new Map<number, number>();
  for (const name of entries("/proc")) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : "";
    if (stat !== "") parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const all = new Set(roots);
  for (let before = 0; before < all.size;) {
    before = all.size;
    for (const [pid, parent] of parents) if (all.has(parent)) all.add(pid);
  }
  return [...all];
}

/** Processes and threads come and go while we look. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
