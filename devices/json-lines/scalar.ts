import type { Value } from "../../src/message/index.ts";

/** A plain decimal number, as Serial.print and printf write it. No digit can be in two places of it: a line may be nothing but digits. */
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
/** A number with its unit right after it: `48.00%`, `21.3°C`. A unit has no digit before its first letter or sign, so that 12:30:05 is none. */
const NUMBER_AND_UNIT = /^([-+]?(?:\d+(?:\.\d*)?|\.\d+))[^\d\s.,:;=+-][^\d:;=,]*$/;

/** What means that there is no value; Arduino's Serial.print writes nan, inf and ovf for numbers it cannot write. */
const NOTHING: ReadonlySet<string> = new Set([
  "",
  "nan",
  "inf",
  "+inf",
  "-inf",
  "ovf",
  "-ovf",
  "null",
  "none",
  "n/a",
  "-",
  "--",
  "---",
]);

const WORDS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** What a word in a line of key=value or CSV means. */
export function scalarOf(word: string): Value {
  const lower = word.toLowerCase();
  if (NOTHING.has(lower)) return null;
  const truth = Object.hasOwn(WORDS, lower) ? WORDS[lower] : undefined;
  if (truth !== undefined) return truth;
  const digits = NUMBER.test(word) ? word : NUMBER_AND_UNIT.exec(word)?.[1];
  if (digits === undefined) return word;
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}
