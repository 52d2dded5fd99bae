/** 1 international knot in m/s: 1852 m an hour. */
const KNOT = 1852 / 3600;
const KILOMETRE_PER_HOUR = 1 / 3.6;

/** Two-digit years from here on are of the last century; NMEA began in 1980. */
const FIRST_YEAR_OF_1900 = 80;

/**
 * The fields of one sentence, read by type; field 0 is the first after the address. An empty or missing field is null:
 * the device has no value. A field that cannot be what it should be makes the whole sentence `faulty`: its checksum was
 * right, so nobody can say which other field to trust.
 */
export class Fields {
  readonly #texts: readonly string[];
  #faulty = false;

  /** @param text of a sentence, without mark and checksum */
  constructor(text: string) {
    this.#texts = text.split(",");
  }

  /** Talker and type (`GPGGA`), or a maker's own (`PMTK001`). */
  get address(): string {
    return this.#texts[0] ?? "";
  }

  get count(): number {
    return this.#texts.length - 1;
  }

  get faulty(): boolean {
    return this.#faulty;
  }

  text(index: number): string {
    return this.#texts[index + 1] ?? "";
  }

  textOrNull(index: number): string | null {
    const text = this.text(index);
    return text === "" ? null : text;
  }

  /** A status of A for yes or V for no. */
  flag(index: number): boolean | null {
    const text = this.text(index);
    return text === "" ? null : text === "A";
  }

  /** All fields from `index` on that are not empty. */
  rest(index: number): readonly string[] {
    return this.#texts.slice(index + 1).filter((text) => text !== "");
  }

  number(index: number): number | null {
    const text = this.text(index);
    if (text === "") return null;
    const value = Number(text);
    return Number.isFinite(value) ? value : this.#fault();
  }

  integer(index: number): number | null {
    const value = this.number(index);
    return value === null || Number.isSafeInteger(value) ? value : this.#fault();
  }

  /** Times `factor`, without the noise of binary fractions; `factor` turns the sentence's unit into ours. */
  scaled(index: number, factor: number): number | null {
    const value = this.number(index);
    if (value === null) return null;
    const scaled = Math.round(value * factor * 1e6) / 1e6;
    return Number.isFinite(scaled) ? scaled : this.#fault();
  }

  /** @returns m/s */
  knots(index: number): number | null {
    return this.scaled(index, KNOT);
  }

  /** @returns m/s */
  kilometresPerHour(index: number): number | null {
    return this.scaled(index, KILOMETRE_PER_HOUR);
  }

  /** An angle and the letter after it that makes it negative. */
  signed(index: number, negative: "S" | "W"): number | null {
    const value = this.number(index);
    return value !== null && this.text(index + 1) === negative ? 0 - value : value;
  }

  /** ddmm.mmmm and N or S. @returns degrees, north positive */
  latitude(index: number): number | null {
    return this.#angle(index, 90, "N", "S");
  }

  /** dddmm.mmmm and E or W. @returns degrees, east positive */
  longitude(index: number): number | null {
    return this.#angle(index, 180, "E", "W");
  }

  /** hhmmss.ss. @returns `hh:mm:ss.ss`, with the digits that the device gave */
  time(index: number): string | null {
    const text = this.text(index);
    if (text === "") return null;
    const value = this.number(index);
    if (value === null || !(text.charCodeAt(5) >= 0x30 && text.charCodeAt(5) <= 0x39)) return this.#fault();
    // A leap second is 60.
    if (value < 0 || value >= 240_000 || value % 10_000 >= 6_000 || value % 100 >= 61) return this.#fault();
    return `${text.slice(0, 2)}:${text.slice(2, 4)}:${text.slice(4)}`;
  }

  /** hhmmss.ss and, in another field, ddmmyy. @returns ISO 8601 in UTC */
  timeAndDate(timeIndex: number, dateIndex: number): string | null {
    const time = this.time(timeIndex);
    const date = this.text(dateIndex);
    if (date === "") return null;
    if (date.length !== 6) return this.#fault();
    const year = Number(date.slice(4));
    const full = year < FIRST_YEAR_OF_1900 ? 2000 + year : 1900 + year;
    return this.#iso(time, full, Number(date.slice(2, 4)), Number(date.slice(0, 2)));
  }

  /** hhmmss.ss, and day, month and four-digit year in the fields after it. @returns ISO 8601 in UTC */
  timeDayMonthYear(index: number): string | null {
    const time = this.time(index);
    const day = this.integer(index + 1);
    const month = this.integer(index + 2);
    const year = this.integer(index + 3);
    return day === null || month === null || year === null ? null : this.#iso(time, year, month, day);
  }

  #iso(time: string | null, year: number, month: number, day: number): string | null {
    // Receivers that have no date yet send zeros.
    if (day === 0 || month === 0) return null;
    if (!(day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= 1980 && year <= 9999))
      return this.#fault();
    return time === null ? null : `${year}-${twoDigits(month)}-${twoDigits(day)}T${time}Z`;
  }

  #angle(index: number, max: number, positive: string, negative: string): number | null {
    const value = this.number(index);
    const side = this.text(index + 1);
    if (value === null || side === "") return null;
    if (side !== positive && side !== negative) return this.#fault();
    // UM981 sends a sign as well as the letter: the letter decides, and is not applied twice.
    const size = Math.abs(value);
    const degrees = Math.trunc(size / 100);
    // The digits themselves rather than size - 100 * degrees, which would bring in the noise of binary fractions.
    const text = this.text(index);
    const point = text.indexOf(".");
    const minutes = Math.abs(Number(text.slice(Math.max(0, (point < 0 ? text.length : point) - 2))));
    // 1e-9 degrees are 0.1 mm, finer than any receiver's last digit.
    const angle = Number((degrees + minutes / 60).toFixed(9));
    if (angle > max || minutes > 60) return this.#fault();
    // Minus by subtraction: -0 would be a value of its own.
    return side === negative ? 0 - angle : angle;
  }

  #fault(): null {
    this.#faulty = true;
    return null;
  }
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
