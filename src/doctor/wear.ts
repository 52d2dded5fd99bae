import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config/index.ts";
import { nearest } from "./disk.ts";
import { ok, problem, skipped, warning, type Finding } from "./finding.ts";

/** The kernel counts sectors of this size, whatever the disk's are (Documentation/block/stat.rst). */
const SECTOR_BYTES = 512;
/** Place of the sectors that were written, in a disk's `stat`. */
const WRITTEN = 6;
/** Before this the start of the host is most of it, s. */
const LEAST_UPTIME = 3_600;
const DAY = 86_400;
/**
 * Days in which a flash disk may be written over once. Cheap cells bear some hundred times, and small writes that are synced cost
 * several times what is counted here: at once a week that is a few years.
 */
const DAYS_A_TURN = 7;
/** Tenths of its life that an eMMC says it has behind it, and when it says that its spare blocks go (JESD84-B51, 7.4.40, 7.4.43). */
const MMC_WORN = 9;
const MMC_PRE_END = 2;

/** Where the kernel tells of disks and processes. */
export interface Kernel {
  readonly sys: string;
  readonly proc: string;
}

/** How much is written a day to the disk that has the state: that is what wears a card out. */
export async function lookAtWear(
  { stateDirectory }: Config,
  { sys, proc }: Kernel = { sys: "/sys", proc: "/proc" },
): Promise<Finding[]> {
  const { dev } = statSync(nearest(stateDirectory));
  const disk = diskOf(dev, sys);
  if (disk === undefined) return [skipped("wear", `${stateDirectory} is on no disk that the kernel counts`)];
  const upSeconds = Number(read(join(proc, "uptime")).split(" ")[0]);
  if (!(upSeconds >= LEAST_UPTIME))
    return [skipped("wear", "the host has been up for less than an hour: ask again later"), ...mmcLife(disk)];
  const written = Number(read(join(disk, "stat")).trim().split(/\s+/)[WRITTEN]) * SECTOR_BYTES;
  const size = Number(read(join(disk, "size"))) * SECTOR_BYTES;
  const perDay = (written / upSeconds) * DAY;
  const own = ownPerDay(proc, upSeconds);
  const found = `${inGigabytes(perDay)} a day to ${basename(disk)}, of which ${inGigabytes(own)} by this host's agents`;
  const isFlash = read(join(disk, "queue/rotational")).trim() === "0";
  const worn = isFlash && perDay * DAYS_A_TURN > size;
  return [
    worn
      ? warning(
          "wear",
          `${found}: all ${inGigabytes(size)} of it more than once a week`,
          own > perDay / 2
            ? "less often, or less: journal.flushMs higher, shape with deadBand and minInterval, journal.enabled false"
            : "sudo iotop -ao shows who writes; put what is not Dunlin's on another disk",
        )
      : ok("wear", found),
    ...mmcLife(disk),
  ];
}

/** What an eMMC tells of its own cells. An SD card tells nothing. */
function mmcLife(disk: string): Finding[] {
  const device = join(disk, "device");
  if (!existsSync(join(device, "life_time"))) return [];
  const tenths = read(join(device, "life_time")).trim().split(/\s+/).map(Number);
  const life = Math.max(...tenths.filter((one) => !Number.isNaN(one)));
  const isEnding = Number(read(join(device, "pre_eol_info")).trim()) >= MMC_PRE_END;
  if (life < MMC_WORN && !isEnding) return [];
  return [
    problem(
      "wear",
      `${basename(disk)} says that ${life > 10 ? "all" : `${life * 10} %`} of its life is behind it`,
      "copy what is on it to another while it can be read: docs/operations.md tells how to back up an agent",
    ),
  ];
}

/** The disk of a file system, a partition's too. @param dev as stat(2) has it */
function diskOf(dev: number, sys: string): string | undefined {
  // makedev(3), as glibc does it.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const link = join(sys, "dev/block", `${major}:${minor}`);
  if (!existsSync(link)) return undefined;
  const place = realpathSync(link);
  return existsSync(join(place, "partition")) ? dirname(place) : place;
}

/** Bytes a day, of the processes that are called as ours are and that this user may look at. */
function ownPerDay(proc: string, upSeconds: number): number {
  const ticks = 100;
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name) && read(join(proc, name, "cmdline")).startsWith("dunlin"))
    .reduce((sum, pid) => {
      const bytes = Number(/^write_bytes: (\d+)/m.exec(read(join(proc, pid, "io")))?.[1] ?? 0);
      const stat = read(join(proc, pid, "stat"));
      const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
      const seconds = Math.max(60, upSeconds - startTicks / ticks);
      return sum + (bytes / seconds) * DAY;
    }, 0);
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
