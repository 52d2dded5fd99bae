import type { Value } from "../../src/message/index.ts";
import type { Line, Pair } from "./formats.ts";

/**
 * InfluxDB's line protocol (docs.influxdata.com, "Line protocol"): `air,room=cellar temperature=21.5,humidity=48i 1465839830`.
 * Fields and tags become metrics after their measurement, `air.temperature` and `air.room`. The time is the device's own and is
 * looked at only for being one: a reading's is when it came.
 */
export function readInflux(line: string): Line {
  // What was no UTF-8.
  if (line.includes("\ufffd")) return "unparsable";
  const reader = new Reader(line);
  const measurement = reader.word(", ");
  if (measurement === undefined || measurement === "") return "unparsable";
  const pairs: Pair[] = [];
  const tags = new Set<string>();
  while (reader.take(",")) {
    const key = reader.word(",= ");
    if (!key || !reader.take("=")) return "unparsable";
    const value = reader.word(",= ");
    if (!value || tags.has(key)) return "unparsable";
    tags.add(key);
    pairs.push([`${measurement}.${key}`, value]);
  }
  if (!reader.spaces()) return "unparsable";
  do {
    const key = reader.word(",= ");
    if (!key || !reader.take("=")) return "unparsable";
    const value = reader.value();
    if (value === undefined) return "unparsable";
    pairs.push([`${measurement}.${key}`, value]);
  } while (reader.take(","));
  return reader.isAtTimeOrEnd() ? pairs : "unparsable";
}

const FLOAT = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^(-?\d+)(i|u)$/;
const TRUE = new Set(["t", "T", "true", "True", "TRUE"]);
const FALSE = new Set(["f", "F", "false", "False", "FALSE"]);
const [MIN_I64, MAX_I64, MAX_U64] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];
/** The longest that is a number at all. */
const MAX_NUMBER_CHARS = 40;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  spaces(): boolean {
    const before = this.#at;
    while (this.take(" "));
    return this.#at > before;
  }

  /** Up to one of these, which a backslash makes part of the word; undefined if there is what no word may have. */
  word(ends: string): string | undefined {
    let word = "";
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? "";
      const next = this.#text[this.#at + 1] ?? "";
      if (char < " " || char === "\x7f") return undefined;
      if (char === "\\" && next !== "" && ends.includes(next)) word += this.#text[++this.#at];
      else if (ends.includes(char)) break;
      else word += char;
    }
    return word;
  }

  value(): Value | undefined {
    if (this.take('"')) return this.#quoted();
    const start = this.#at;
    while (this.#at < this.#text.length && !", ".includes(this.#text[this.#at] ?? "")) this.#at++;
    return valueOf(this.#text.slice(start, this.#at));
  }

  isAtTimeOrEnd(): boolean {
    if (this.#at === this.#text.length) return true;
    if (!this.spaces()) return false;
    const [, time] = /^(?:(-?\d{1,19}) *)?$/.exec(this.#text.slice(this.#at)) ?? [undefined, "none"];
    return time === undefined || (time !== "none" && BigInt(time) >= MIN_I64 && BigInt(time) <= MAX_I64);
  }

  #quoted(): string | undefined {
    let text = "";
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? "";
      const next = this.#text[this.#at + 1] ?? "";
      if (char === "\\" && next !== "" && '"\\'.includes(next)) text += this.#text[++this.#at];
      else if (this.take('"')) return text;
      else text += char;
    }
    return undefined;
  }
}

function valueOf(text: string): Value | undefined {
  if (text.length > MAX_NUMBER_CHARS) return undefined;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  const [, digits, kind] = INTEGER.exec(text) ?? [];
  if (digits !== undefined) {
    const number = BigInt(digits);
    const fits = kind === "i" ? number >= MIN_I64 && number <= MAX_I64 : number >= 0n && number <= MAX_U64;
    return fits ? Number(number) : undefined;
  }
  if (!FLOAT.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
