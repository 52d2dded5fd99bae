import { DunlinError } from "../base/index.ts";
import { rolloutPlanOf, type RolloutPlan } from "../message/index.ts";

/** A roll-out as it is written on the command line. */
export interface RolloutOptions {
  readonly mode?: "all" | "any";
  readonly canary?: number;
  readonly batch?: number;
  readonly rate?: string;
  readonly abort?: string;
  readonly minRuns?: number;
  readonly window?: string;
}

const PER_MINUTE: Readonly<Record<string, number>> = { s: 60, min: 1, h: 1 / 60 };

/** @returns undefined if nothing is said of it. @throws DunlinError `usage` */
export function rolloutOf(options: RolloutOptions): RolloutPlan | undefined {
  const { mode, canary, batch, rate, abort, minRuns, window } = options;
  const plan = {
    mode,
    canary,
    batch,
    ratePerMinute: rate === undefined ? undefined : ratePerMinute(rate),
    abortShare: abort === undefined ? undefined : shareOf(abort),
    minRuns,
    window,
  };
  try {
    const checked = rolloutPlanOf(plan);
    return Object.keys(checked).length === 0 ? undefined : checked;
  } catch (cause) {
    throw new DunlinError("usage", (cause as Error).message, { cause });
  }
}

function ratePerMinute(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\/(s|min|h)$/.exec(text) ?? [];
  const rate = Number(number) * (PER_MINUTE[unit] ?? 0);
  if (rate > 0) return rate;
  throw new DunlinError("usage", `--rate takes 50/min, 2/s or 100/h, and not ${JSON.stringify(text)}`);
}

function shareOf(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const share = Number(number) / 100;
  if (share >= 0 && share <= 1) return share;
  throw new DunlinError("usage", `--abort takes a share of 0% to 100%, and not ${JSON.stringify(text)}`);
}
