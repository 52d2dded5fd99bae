import type { SessionClock } from "../../src/device/index.ts";

/** A time that stands still, for tests in which what a driver does must follow from the bytes alone. */
export const STILL_CLOCK: SessionClock = { nowMs: () => 0, nowUs: () => 0, quality: "synced" };
