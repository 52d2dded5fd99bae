import t from "tap";
import { isOverdue } from "../../src/component/overdue.ts";
import type { Supervision } from "../../src/component/supervision.ts";

const PATIENCE = { startMs: 15_000, silentMs: 3_000 };

t.test("a part is overdue when nobody hears of it and its supervision has not acted", async (t) => {
  const live: Supervision = { phase: "live", sinceMs: 0, attempt: 0 };
  const starting: Supervision = { phase: "starting", sinceMs: 100_000, attempt: 2 };
  const cases: readonly [Supervision, number, number, boolean][] = [
    [live, 250, 100_000, false],
    [live, 3_100, 100_000, false],
    [live, 9_000, 100_000, true],
    [starting, 60_000, 110_000, false],
    [starting, 60_000, 121_000, true],
    [{ phase: "waiting", attempt: 9 }, 60_000, 200_000, false],
    [{ phase: "ending", attempt: 9, reason: "" }, 60_000, 200_000, false],
    [{ phase: "down" }, 60_000, 200_000, false],
    [{ phase: "stopped" }, 60_000, 200_000, false],
  ];
  for (const [state, silentMs, nowMs, expected] of cases)
    t.equal(isOverdue(state, silentMs, nowMs, PATIENCE), expected, `${state.phase} ${silentMs} ${nowMs}`);
});
