/** `10s`, `500ms`, `2m`, `1h`, `1.5s` */
export const DURATION_PATTERN = "^(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:ms|s|m|h)$";

/** The longest that a timer of the runtime takes: 2³¹ − 1 ms, 24.8 days. */
export const MAX_DURATION_MS = 2_147_483_647;

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DURATION = new RegExp(DURATION_PATTERN);

/** @returns ms, from 1 to {@link MAX_DURATION_MS}; undefined if it is no duration or outside of that */
export function parseDuration(value: string | number): number | undefined {
  const ms = typeof value === "number" ? value : msOf(value);
  return ms !== undefined && ms >= 1 && ms <= MAX_DURATION_MS ? Math.round(ms) : undefined;
}

function msOf(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const unit = /[a-z]+$/.exec(text)?.[0] ?? "";
  return Number.parseFloat(text) * (MS_PER_UNIT[unit] ?? Number.NaN);
}
