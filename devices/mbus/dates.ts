/**
 * Dates and times, by their length. EN 13757-3, annex A:
 *
 *   2 bytes  type G   yyyddddd yyyymmmm
 *   3 bytes  type J   ..ssssss ..mmmmmm ...hhhhh
 *   4 bytes  type F   i.mmmmmm scchhhhh yyyddddd yyyymmmm    i: invalid, s: summer time, cc: hundreds of years from 1900
 *   6 bytes  type I   ..ssssss immmmmmm scchhhhh yyyddddd yyyymmmm …
 *
 * @returns ISO 8601 without a zone, as meters have none; null for an invalid one, and for one that recurs (every year)
 */
export function readDate(content: Buffer): string | null {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = content;
  switch (content.length) {
    case 2:
      return dateOf(first, second, 0);
    case 3:
      return timeOf(third & 0x1f, second & 0x3f, first & 0x3f);
    case 4:
      return first & 0x80 ? null : joined(third, fourth, second, timeOf(second & 0x1f, first & 0x3f, 0));
    case 6:
      return second & 0x80
        ? null
        : joined(fourth, fifth, 0, timeOf(third & 0x1f, second & 0x3f, first & 0x3f));
    default:
      return null;
  }
}

function joined(day: number, month: number, century: number, time: string | null): string | null {
  const date = dateOf(day, month, (century >> 5) & 3);
  return date === null || time === null ? null : `${date}T${time}`;
}

/** The year has seven bits in two places, and 127 is every year; without a century it is one from 1981 to 2080. */
function dateOf(low: number, high: number, century: number): string | null {
  const day = low & 0x1f;
  const month = high & 0x0f;
  const year = (low >> 5) | ((high & 0xf0) >> 1);
  if (day === 0 || month === 0 || month > 12 || year > 99) return null;
  const full = century > 0 ? 1900 + century * 100 + year : year + (year > 80 ? 1900 : 2000);
  return `${full}-${padded(month)}-${padded(day)}`;
}

function timeOf(hour: number, minute: number, second: number): string | null {
  if (hour > 23 || minute > 59 || second > 59) return null;
  return `${padded(hour)}:${padded(minute)}:${padded(second)}`;
}

function padded(value: number): string {
  return String(value).padStart(2, "0");
}
