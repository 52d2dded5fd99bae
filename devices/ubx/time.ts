/** GPS time began here; it has no leap seconds. */
const GPS_EPOCH_MS = Date.UTC(1980, 0, 6);
const WEEK_MS = 7 * 86_400_000;
const SECOND_NS = 1_000_000_000;

/** A calendar time and `nano`, which may be negative: the seconds are rounded to the nearest. UBX-NAV-PVT. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nano: number;
}

/** @returns ISO 8601 to the nanosecond, or undefined if there is no such time */
export function isoOf({ year, month, day, hour, minute, second, nano }: CalendarTime): string | undefined {
  if (!(year >= 1980 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || Math.abs(nano) >= SECOND_NS) return undefined;
  if (nano < 0) return isoAt(Date.UTC(year, month - 1, day, hour, minute, second - 1), SECOND_NS + nano);
  const date = `${year}-${digits(month, 2)}-${digits(day, 2)}`;
  // A leap second is 60, which no Date can be.
  return `${date}T${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}.${digits(nano, 9)}Z`;
}

/** @param nano from `timeOfWeekMs`, may be negative. UBX-NAV-TIMEGPS: the exact time is iTOW + fTOW. */
export function isoOfGps(week: number, timeOfWeekMs: number, nano: number, leapSeconds: number): string {
  const ms = GPS_EPOCH_MS + week * WEEK_MS + timeOfWeekMs - leapSeconds * 1_000;
  const second = Math.floor(ms / 1_000) * 1_000;
  const rest = (ms - second) * 1_000_000 + nano;
  const carry = Math.floor(rest / SECOND_NS);
  return isoAt(second + carry * 1_000, rest - carry * SECOND_NS);
}

function isoAt(secondMs: number, nano: number): string {
  return `${new Date(secondMs).toISOString().slice(0, 19)}.${digits(nano, 9)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
