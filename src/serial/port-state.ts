import type { DunlinError } from "../base/index.ts";

/**
 * A port that comes back, as a pure state machine; ReopeningPort is its shell.
 *
 *             start           opened
 *   closed ──────────► opening ──────► open
 *                       ▲    │failed    │lost
 *          due,appeared │    ▼          ▼
 *                      waiting ◄────── lost        stop, from everywhere: closed
 *                              released
 *
 * In `lost` the dead line is being let go: to open it anew before that would find it busy with ourselves.
 * `attempt` counts the tries in a row that came to nothing: 0 in the first `opening`.
 */
export type PortState =
  | { readonly kind: "closed" }
  | { readonly kind: "opening"; readonly attempt: number }
  | { readonly kind: "open"; readonly attempt: number }
  | { readonly kind: "lost"; readonly attempt: number; readonly error: DunlinError }
  /** `retryMs`: how long until the next try, unless the device appears before. */
  | {
      readonly kind: "waiting";
      readonly attempt: number;
      readonly error: DunlinError;
      readonly retryMs: number;
    };

export type PortEvent =
  | { readonly type: "start" }
  | { readonly type: "opened" }
  | { readonly type: "failed"; readonly error: DunlinError }
  /** `heldMs`: how long it was open. */
  | { readonly type: "lost"; readonly error: DunlinError; readonly heldMs: number }
  /** The dead line has been let go. */
  | { readonly type: "released" }
  /** The device node is there again, or another one, or its permissions have changed. */
  | { readonly type: "appeared" }
  /** The wait is over. */
  | { readonly type: "due" }
  | { readonly type: "stop" };

export type PortAction = "open" | "abandon" | "release" | "wait" | "end-wait";

export interface PortStep {
  readonly state: PortState;
  readonly actions: readonly PortAction[];
}

/** A line that was open for so long did work: the next loss starts the waits from the shortest again, ms. */
export const STEADY_MS = 10_000;

/**
 * @param waitMs how long to wait after the given number of waits before; jitter and growth are its affair
 * @returns the same state, without actions, for an event that does not concern it
 */
export function next(state: PortState, event: PortEvent, waitMs: (waits: number) => number): PortStep {
  if (event.type === "stop") return { state: { kind: "closed" }, actions: STOP[state.kind] };
  switch (state.kind) {
    case "closed":
      return event.type === "start" ? opening(0) : { state, actions: [] };
    case "opening":
      if (event.type === "opened") return { state: { ...state, kind: "open" }, actions: [] };
      return event.type === "failed"
        ? waiting(state.attempt + 1, event.error, waitMs)
        : { state, actions: [] };
    case "open":
      return event.type === "lost" ? lost(state.attempt, event) : { state, actions: [] };
    case "lost":
      return event.type === "released" ? waiting(state.attempt, state.error, waitMs) : { state, actions: [] };
    case "waiting":
      if (event.type === "due") return opening(state.attempt, "end-wait");
      // A fresh count, because udev sets the permissions a moment after the node is there: the first try may come too early.
      return event.type === "appeared" ? opening(0, "end-wait") : { state, actions: [] };
  }
}

const STOP: Readonly<Record<PortState["kind"], readonly PortAction[]>> = {
  closed: [],
  opening: ["abandon"],
  open: ["release"],
  lost: [],
  waiting: ["end-wait"],
};

function opening(attempt: number, ...before: readonly PortAction[]): PortStep {
  return { state: { kind: "opening", attempt }, actions: [...before, "open"] };
}

function waiting(attempt: number, error: DunlinError, waitMs: (waits: number) => number): PortStep {
  return { state: { kind: "waiting", attempt, error, retryMs: waitMs(attempt - 1) }, actions: ["wait"] };
}

function lost(attempt: number, { error, heldMs }: Extract<PortEvent, { type: "lost" }>): PortStep {
  const state = { kind: "lost", attempt: heldMs < STEADY_MS ? attempt + 1 : 1, error } as const;
  return { state, actions: ["release"] };
}
