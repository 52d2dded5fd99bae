/** YYMMDDhhmmss and, from DSMR 4 on, S or W: summer time (+02:00) or not (+01:00). P1 5.0.2, 6.4: TST. */
const TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW]?)$/;
const OFFSETS: Readonly<Record<string, string>> = { S: "+02:00", W: "+01:00", "": "" };

/**
 * @returns ISO 8601, without an offset where the meter does not say; undefined if there is no such time: sub-meters that
 * have never been heard send 632525252525W
 */
export function readTime(value: string): string | undefined {
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", season = ""] =
    TIME.exec(value) ?? [];
  if (year === "" || Number(month) < 1 || Number(month) > 12) return undefined;
  const days = new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > days) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `20${year}-${month}-${day}T${hour}:${minute}:${second}${OFFSETS[season]}`;
}

const HEX = /^(?:[0-9A-Fa-f]{2})+$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Texts and numbers of equipment are sent as hex digits of their characters; some meters send the number as it is. P1 5.0.2, 6.4: octet-string. */
export function readText(value: string): string | null {
  if (value === "") return null;
  if (!HEX.test(value)) return value;
  const text = Buffer.from(value, "hex").toString("latin1");
  return PRINTABLE.test(text) ? text : value;
}
