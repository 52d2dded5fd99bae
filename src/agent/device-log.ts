import { monotonicMs, RateLimit, type Log } from "../base/index.ts";
import type { DeviceStatus } from "../message/index.ts";

/** Of a device whose state goes to and fro this many changes are logged in each interval, ms; all of them are published. */
const BURST = 10;
const INTERVAL_MS = 60_000;

/** @returns what logs a device's new state */
export function deviceLog(
  log: Log,
): (device: string, status: DeviceStatus, component: string | undefined) => void {
  const limit = new RateLimit(INTERVAL_MS, monotonicMs, BURST);
  return (device, { state, reason }, component) => {
    const held = limit.admit(device);
    if (held === undefined) return;
    const level = state === "failed" || state === "unplugged" ? "warn" : "info";
    log[level](`device ${device} is ${state}`, {
      component,
      ...(reason === undefined ? {} : { reason }),
      ...(held > 0 ? { more: held } : {}),
    });
  };
}
