import { backoffMs, RESTART_BACKOFF } from "../base/index.ts";

/**
 * The life of a component, as a pure state machine.
 *
 *   supervised:  down ──start──► starting ──hello──► live ──ended──► waiting ──due──► starting
 *                                starting ◄─refused─ live
 *   attached:    down ─────────────hello───────────► live ──silent─► down
 *                down ◄────────────refused────────── live
 */
export type Supervision =
  | { readonly phase: "down" }
  | { readonly phase: "starting"; readonly sinceMs: number; readonly attempt: number }
  | { readonly phase: "live"; readonly sinceMs: number; readonly attempt: number }
  | { readonly phase: "ending"; readonly attempt: number; readonly reason: string }
  | { readonly phase: "waiting"; readonly attempt: number }
  | { readonly phase: "stopped" };

export type SupervisionEvent =
  | { readonly type: "start" }
  | { readonly type: "hello" }
  /** Its hello could not be accepted. */
  | { readonly type: "refused"; readonly reason: string }
  /** Nothing has been heard for longer than is allowed, or no hello in time. */
  | { readonly type: "silent"; readonly reason: string }
  | { readonly type: "ended"; readonly reason: string }
  | { readonly type: "due" }
  | { readonly type: "stop" };

/** What the shell has to do, in this order. */
export type SupervisionAction =
  | { readonly type: "spawn" }
  | { readonly type: "kill" }
  /** Make the socket anew: an attached component's next start must not meet a PAIR stuck to the last. */
  | { readonly type: "reopen" }
  | { readonly type: "lost"; readonly reason: string }
  | { readonly type: "wait"; readonly delayMs: number };

export interface Step {
  readonly state: Supervision;
  readonly actions: readonly SupervisionAction[];
}

/** A component that was live this long starts again with the shortest wait, ms. */
export const SETTLED_MS = 30_000;

/** The first restart comes almost at once: the promise is "back within 2 s". */
const FIRST_RESTART_MS = 50;

/**
 * @param supervised whether the agent starts the process itself
 * @param random uniform in [0, 1), for the jitter of the wait
 */
export function next(
  state: Supervision,
  event: SupervisionEvent,
  nowMs: number,
  supervised: boolean,
  random = Math.random,
): Step {
  if (state.phase === "stopped") return { state, actions: [] };
  switch (event.type) {
    case "start":
    case "due":
      return starting(state, nowMs, supervised);
    case "hello":
      return hello(state, nowMs);
    case "refused":
      return refused(state, event.reason, nowMs, supervised);
    case "silent":
      return silent(state, event.reason, supervised);
    case "ended":
      return ended(state, event.reason, nowMs, random);
    case "stop":
      return { state: { phase: "stopped" }, actions: [] };
  }
}

function starting(state: Supervision, nowMs: number, supervised: boolean): Step {
  if (!supervised || (state.phase !== "down" && state.phase !== "waiting")) return { state, actions: [] };
  const attempt = state.phase === "waiting" ? state.attempt : 0;
  return { state: { phase: "starting", sinceMs: nowMs, attempt }, actions: [{ type: "spawn" }] };
}

/** A hello of a component that is live is a new instance of it: the old one is lost. */
function hello(state: Supervision, nowMs: number): Step {
  const attempt = state.phase === "starting" || state.phase === "live" ? state.attempt : 0;
  const lost = state.phase === "live" ? [{ type: "lost", reason: "it was started again" } as const] : [];
  return { state: { phase: "live", sinceMs: nowMs, attempt }, actions: lost };
}

/** It may mend its ways and say hello again; a process that does not is ended when its time to start is over. */
function refused(state: Supervision, reason: string, nowMs: number, supervised: boolean): Step {
  if (state.phase !== "live") return { state, actions: [] };
  const { attempt } = state;
  return {
    state: supervised ? { phase: "starting", sinceMs: nowMs, attempt } : { phase: "down" },
    actions: [{ type: "lost", reason: `it was refused: ${reason}` }],
  };
}

function silent(state: Supervision, reason: string, supervised: boolean): Step {
  if (state.phase !== "live" && state.phase !== "starting") return { state, actions: [] };
  if (supervised)
    return { state: { phase: "ending", attempt: attemptAfter(state), reason }, actions: [{ type: "kill" }] };
  return { state: { phase: "down" }, actions: [{ type: "lost", reason }, { type: "reopen" }] };
}

function ended(state: Supervision, reason: string, nowMs: number, random: () => number): Step {
  if (state.phase === "down" || state.phase === "waiting" || state.phase === "stopped")
    return { state, actions: [] };
  const why = state.phase === "ending" ? state.reason : reason;
  const settled = state.phase === "live" && nowMs - state.sinceMs >= SETTLED_MS;
  const attempt = settled ? 0 : state.attempt;
  const delayMs = attempt === 0 ? FIRST_RESTART_MS : backoffMs(attempt - 1, RESTART_BACKOFF, random);
  return {
    state: { phase: "waiting", attempt: attempt + 1 },
    actions: [
      { type: "lost", reason: why },
      { type: "wait", delayMs },
    ],
  };
}

function attemptAfter(state: Supervision): number {
  return state.phase === "live" || state.phase === "starting" ? state.attempt : 0;
}
