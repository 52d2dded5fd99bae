import type { RolloutPlan } from "../message/index.ts";

/** How the runs that were let go have ended so far. */
export interface Progress {
  /** Agents that the command is for. */
  readonly total: number;
  /** Agents that have been let go, the first of the row. */
  readonly released: number;
  /** Of those, how many have ended. */
  readonly ended: number;
  /** Whether each of the last ones that ended failed, the newest last. */
  readonly outcomes: readonly boolean[];
}

/** What a roll-out does next. */
export type RolloutStep =
  /** So many more may go now; 0: wait. */
  | { readonly type: "release"; readonly count: number }
  /** Too many have failed. */
  | { readonly type: "abort"; readonly reason: string };

const DEFAULT_MIN_RUNS = 10;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * Lets a command go to its agents as its plan says: the canary first, then batch by batch or at a rate, in the window, and no
 * further when too many fail. Pure; time is given.
 *
 *   canary ──all ended well enough──► batch ──all ended──► batch ──► … ──► all let go
 *      └──────────── share of failures above abortShare: abort ──────────┘
 */
export class Rollout {
  readonly #plan: RolloutPlan;
  /** Since when the rate counts, ms since 1970, and how many had been let go by then. */
  #rateSince: { readonly ms: number; readonly released: number } | undefined;

  constructor(plan: RolloutPlan) {
    this.#plan = plan;
  }

  /** @param nowMs ms since 1970 */
  next(progress: Progress, nowMs: number): RolloutStep {
    const failed = this.#tooManyFailed(progress);
    if (failed !== undefined) return { type: "abort", reason: failed };
    const left = progress.total - progress.released;
    if (left <= 0 || !isInWindow(this.#plan.window, nowMs)) return { type: "release", count: 0 };
    return { type: "release", count: Math.max(0, Math.min(left, this.#allowed(progress, nowMs))) };
  }

  #tooManyFailed({ outcomes }: Progress): string | undefined {
    const { abortShare } = this.#plan;
    const minRuns = this.minRuns;
    if (abortShare === undefined || outcomes.length < minRuns) return undefined;
    // Of the last ones only: a fault that comes late must not hide behind those that went well before.
    const last = outcomes.slice(-minRuns);
    const failures = last.filter(Boolean).length;
    if (failures / last.length <= abortShare) return undefined;
    return `${failures} of the last ${last.length} failed; at most ${percent(abortShare)} may`;
  }

  /** Ended runs that the share of failures is taken of. */
  get minRuns(): number {
    const { minRuns, canary, batch } = this.#plan;
    return minRuns ?? batch ?? canary ?? DEFAULT_MIN_RUNS;
  }

  #allowed(progress: Progress, nowMs: number): number {
    const { canary = 0, batch } = this.#plan;
    const { released, ended } = progress;
    if (released < canary) return canary - released;
    if (canary > 0 && released === canary && ended < released) return 0;
    if (batch !== undefined) return ended < released ? 0 : Math.min(batch, this.#byRate(released, nowMs));
    return this.#byRate(released, nowMs);
  }

  #byRate(released: number, nowMs: number): number {
    const { ratePerMinute } = this.#plan;
    if (ratePerMinute === undefined) return Infinity;
    this.#rateSince ??= { ms: nowMs, released };
    const earned = 1 + Math.floor(((nowMs - this.#rateSince.ms) * ratePerMinute) / MINUTE_MS);
    return this.#rateSince.released + earned - released;
  }
}

/** Whether a time of day is in a window such as `22:00-04:30`, UTC; one that ends before it begins goes over midnight. */
export function isInWindow(window: string | undefined, nowMs: number): boolean {
  if (window === undefined) return true;
  const [from = 0, to = 0] = window.split("-").map(minutesOf);
  const now = Math.floor(nowMs / MINUTE_MS) % DAY_MINUTES;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
