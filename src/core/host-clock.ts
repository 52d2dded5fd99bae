import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import type { ClockQuality } from "../base/index.ts";

/** systemd-timesyncd makes this file once it has set the clock. */
const TIMESYNC_FILE = "/run/systemd/timesync/synchronized";
/** While unsynced the host is asked this often, ms. */
const UNSYNCED_POLL_MS = 5_000;
/** Once synced it is asked this often, ms. */
const SYNCED_POLL_MS = 60_000;

/**
 * Watches whether the host's clock is synchronised; tells of the first answer and of each change.
 * @returns ends the watch
 */
export function watchHostClock(onQuality: (quality: ClockQuality) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let last: ClockQuality | undefined;
  let ended = false;
  const look = async (): Promise<void> => {
    const quality = (await isSynchronised()) ? "synced" : "unsynced";
    if (ended) return;
    if (quality !== last) onQuality(quality);
    last = quality;
    timer = setTimeout(() => void look(), quality === "synced" ? SYNCED_POLL_MS : UNSYNCED_POLL_MS);
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** timedatectl asks the kernel (adjtimex(2), STA_UNSYNC), which chrony and ntpd set as well. */
export function isSynchronised(): Promise<boolean> {
  if (existsSync(TIMESYNC_FILE)) return Promise.resolve(true);
  return new Promise((resolve) => {
    execFile(
      "timedatectl",
      ["show", "--property=NTPSynchronized", "--value"],
      { timeout: 3_000 },
      (error, stdout) => resolve(error === null && stdout.trim() === "yes"),
    );
  });
}
