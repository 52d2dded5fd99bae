import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backoffMs, monotonicMs, PEER_BACKOFF } from "../base/index.ts";

/** Why and how long a device must not be started. */
export interface Hold {
  readonly delayMs: number;
  readonly reason: string;
}

/** A device that has run this long since it was held back counts as mended, ms. */
const MENDED_MS = 120_000;

/**
 * Remembers which driver was running when its bridge hung, and holds that device back longer each time, so that it does
 * not take the bridge's other devices with it again and again.
 */
export class HeldDevices {
  readonly #held = new Map<string, { times: number; untilMs: number; reason: string }>();

  /** @returns the device to blame, if the bridge left its mark */
  blame(mark: string, reason: string, nowMs = monotonicMs()): string | undefined {
    const device = readMark(mark);
    if (device === undefined) return undefined;
    const known = this.#held.get(device);
    const times = known && nowMs - known.untilMs < MENDED_MS ? known.times + 1 : 1;
    this.#held.set(device, { times, untilMs: nowMs + backoffMs(times, PEER_BACKOFF), reason });
    return device;
  }

  /** What is held back now, by device. */
  holds(devices: readonly string[], nowMs = monotonicMs()): Record<string, Hold> {
    const holds: Record<string, Hold> = {};
    for (const device of devices) {
      const held = this.#held.get(device);
      if (held && held.untilMs > nowMs)
        holds[device] = { delayMs: Math.round(held.untilMs - nowMs), reason: held.reason };
    }
    return holds;
  }
}

/** The file in which a bridge writes the device whose driver it is about to run. */
export function markFile(runtimeDirectory: string, bridge: string): string {
  return join(runtimeDirectory, `${bridge}.running`);
}

function readMark(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1").split("\n", 1)[0]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
