import type { Supervision } from "./supervision.ts";

/** Time for the supervision to end what has been too long silent or in starting, ms; a starved host is slow at that, too. */
const GRACE_MS = 5_000;

/** How long a component may take and say nothing, ms. */
export interface Patience {
  readonly startMs: number;
  readonly silentMs: number;
}

/**
 * Whether a component is neither heard of nor being seen to. One that is silent for a while, ended or waited for is its
 * supervision's affair; when that has not acted in time, the agent itself is not well.
 * @param silentMs how long nothing has been heard of it
 */
export function isOverdue(state: Supervision, silentMs: number, nowMs: number, patience: Patience): boolean {
  if (state.phase === "live") return silentMs > patience.silentMs + GRACE_MS;
  if (state.phase === "starting") return nowMs - state.sinceMs > patience.startMs + GRACE_MS;
  return false;
}
