import { readFileSync } from "node:fs";
import { loadLibc } from "./libc.ts";

/** When what only the start needs has been done, ms; and when V8 has compiled what is used often, which takes as much again for a while. */
const SETTLED_MS = [5_000, 60_000];
/** A heap above this is no idle process's: V8's pause would be felt, and save little of it, bytes. */
const MOST_HEAP_BYTES = 48e6;
/** madvise(2). */
const MADV_DONTNEED = 4;

/**
 * Gives back to the host what only the start of this process needed: code that ran once and what V8 keeps for it, what
 * malloc keeps of what was freed, and the pages of the program that were read on the way. Those stay in the host's page cache,
 * and come back one by one where they are used again. It takes some tens of milliseconds, of which V8's is one pause.
 *
 * Half of what an idle process has. Only the packed binary does it: it is started with V8's gc().
 */
export function settleLater(): void {
  if (globalThis.gc) for (const afterMs of SETTLED_MS) setTimeout(settle, afterMs).unref();
}

function settle(): void {
  const libc = loadLibc({ malloc_trim: ["i32", "u64"], madvise: ["i32", "u64", "u64", "i32"] });
  if (libc) for (const { start, end } of ownPages()) libc.madvise(start, end - start, MADV_DONTNEED);
  if (process.memoryUsage().heapUsed < MOST_HEAP_BYTES)
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  libc?.malloc_trim(0n);
}

/** Where this program's file is mapped to be read, and nothing of it was changed: only that comes back from the file (proc(5), smaps). */
function ownPages(): { readonly start: bigint; readonly end: bigint }[] {
  return mappings()
    .split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)
    .flatMap((mapping) => {
      const [, start, end, path] = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p \S+ \S+ \d+ +(.*)/.exec(mapping) ?? [];
      if (path !== process.execPath || !/^Anonymous: +0 kB$/m.test(mapping)) return [];
      return [{ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`) }];
    });
}

function mappings(): string {
  try {
    return readFileSync("/proc/self/smaps", "latin1");
  } catch {
    return "";
  }
}
