import { DunlinError } from "../base/index.ts";
import { isMap } from "./cbor.ts";

/** How a hub brings a command to many agents. What is not given is not limited. */
export interface RolloutPlan {
  /** `all`: each agent runs it; `any`: one of them, whichever is free. Default `all`. */
  readonly mode?: "all" | "any";
  /** So many agents first, and the others only when those have ended: none of them may fail, or no more than `abortShare`. */
  readonly canary?: number;
  /** So many at once; the next ones when these have ended. */
  readonly batch?: number;
  /** So many a minute. */
  readonly ratePerMinute?: number;
  /** Share of failures, 0 to 1, beyond which no further agent gets it; of the last `minRuns` that have ended. */
  readonly abortShare?: number;
  /** Ended runs before the share counts, the canary apart. Default: the batch's size, else 10. */
  readonly minRuns?: number;
  /** Only at these times of day, UTC, `22:00-04:30`. */
  readonly window?: string;
}

const WINDOW = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const COUNTS = ["canary", "batch", "minRuns"] as const;

/** @throws DunlinError `message-invalid` naming the field */
export function rolloutPlanOf(raw: unknown): RolloutPlan {
  if (!isMap(raw)) throw invalid("rollout", "a map");
  const { mode, ratePerMinute, abortShare, window } = raw;
  if (mode !== undefined && mode !== "all" && mode !== "any") throw invalid("mode", "all or any");
  for (const name of COUNTS)
    if (raw[name] !== undefined && !(Number.isSafeInteger(raw[name]) && (raw[name] as number) >= 1))
      throw invalid(name, "a whole number above 0");
  if (ratePerMinute !== undefined && !(isNumber(ratePerMinute) && ratePerMinute > 0))
    throw invalid("ratePerMinute", "a number above 0");
  if (abortShare !== undefined && !(isNumber(abortShare) && abortShare >= 0 && abortShare <= 1))
    throw invalid("abortShare", "a number from 0 to 1");
  if (window !== undefined && !(typeof window === "string" && WINDOW.test(window)))
    throw invalid("window", "times of day, 22:00-04:30");
  const known = ["mode", ...COUNTS, "ratePerMinute", "abortShare", "window"];
  return Object.fromEntries(
    known.flatMap((name) => (raw[name] === undefined ? [] : [[name, raw[name]]])),
  ) as RolloutPlan;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function invalid(field: string, expected: string): DunlinError {
  return new DunlinError("message-invalid", `roll-out: ${field} must be ${expected}`);
}
