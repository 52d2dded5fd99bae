import type { RolloutPlan } from "../message/index.ts";

/** How far a roll-out has come. */
export interface Progress {
  /** Agents that have not been let go. */
  readonly waiting: number;
  /** Of those, how many are there: only they can be let go. */
  readonly ready: number;
  /** Agents that have been let go. */
  readonly released: number;
  /** Of those, how many have not ended. */
  readonly underWay: number;
  /** Whether each that ended failed, the newest last. */
  readonly outcomes: readonly boolean[];
}

/** What a roll-out does next. */
export type RolloutStep =
  /** So many more go now; 0: wait. */
  | { readonly type: "release"; readonly count: number }
  /** Too many have failed. */
  | { readonly type: "abort"; readonly reason: string };

const DEFAULT_MIN_RUNS = 10;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** What a rate has not used is kept for so long, ms: longer than from one look to the next, so that a roll-out that waited does not catch up in a burst. */
const RATE_SPAN_MS = 2_000;

/**
 * Lets a command go to its agents as its plan says: the canary first, then batch by batch or at a rate, in the window, and no
 * further when too many fail. No I/O; time is given.
 *
 *   canary ──all ended well enough──► batch ──all ended──► batch ──► … ──► all let go
 *      └──────────── share of failures above abortShare: abort ──────────┘
 */
export class Rollout {
  readonly #plan: RolloutPlan;
  /** What the rate allows now, agents, and when that was reckoned, ms since 1970. */
  #earned: { readonly agents: number; readonly ms: number } | undefined;

  constructor(plan: RolloutPlan) {
    this.#plan = plan;
  }

  /** Whoever calls this lets go as many as it says. @param nowMs ms since 1970 */
  next(progress: Progress, nowMs: number): RolloutStep {
    if (progress.waiting === 0) return { type: "release", count: 0 };
    const failed = this.#canaryFailed(progress) ?? this.#tooManyFailed(progress);
    if (failed !== undefined) return { type: "abort", reason: failed };
    const mayGo = isInWindow(this.#plan.window, nowMs) ? this.#allowed(progress) : 0;
    return { type: "release", count: this.#spend(Math.min(mayGo, progress.ready), nowMs) };
  }

  /** Ended runs that the share of failures is taken of. */
  get minRuns(): number {
    const { minRuns, batch } = this.#plan;
    return minRuns ?? batch ?? DEFAULT_MIN_RUNS;
  }

  /** A canary is there to be looked at: all of it, however few, and without a share that was given none may fail. */
  #canaryFailed({ released, underWay, outcomes }: Progress): string | undefined {
    const { canary = 0, abortShare = 0 } = this.#plan;
    if (canary === 0 || released !== canary || underWay > 0) return undefined;
    return tooMany(outcomes, abortShare, "of the canary's");
  }

  /** Of the last ones only: a fault that comes late must not hide behind those that went well before. */
  #tooManyFailed({ outcomes }: Progress): string | undefined {
    const { abortShare } = this.#plan;
    if (abortShare === undefined || outcomes.length < this.minRuns) return undefined;
    return tooMany(outcomes.slice(-this.minRuns), abortShare, "of the last");
  }

  #allowed({ released, underWay }: Progress): number {
    const { canary = 0, batch } = this.#plan;
    if (released < canary) return canary - released;
    if (released === canary && underWay > 0) return 0;
    if (batch === undefined) return Infinity;
    return underWay > 0 ? 0 : batch;
  }

  #spend(count: number, nowMs: number): number {
    const { ratePerMinute } = this.#plan;
    if (ratePerMinute === undefined) return count;
    const { agents, ms } = this.#earned ?? { agents: 1, ms: nowMs };
    const most = Math.max(1, (ratePerMinute * RATE_SPAN_MS) / MINUTE_MS);
    const earned = Math.min(most, agents + (Math.max(0, nowMs - ms) * ratePerMinute) / MINUTE_MS);
    const spent = Math.min(count, Math.floor(earned));
    this.#earned = { agents: earned - spent, ms: nowMs };
    return spent;
  }
}

function tooMany(outcomes: readonly boolean[], share: number, which: string): string | undefined {
  const failures = outcomes.filter(Boolean).length;
  if (failures <= share * outcomes.length) return undefined;
  return `${failures} ${which} ${outcomes.length} failed; at most ${percent(share)} may`;
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
