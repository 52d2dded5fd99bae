import type { Quantity } from "./quantities.table.ts";

/** What a VIFE after the quantity makes of it. */
export interface Modifier {
  /** Put at the end of the metric's name. */
  readonly suffix?: string;
  readonly exponent?: number;
  /** Added to the value, in its unit. */
  readonly offset?: number;
  /** The unit is divided by this. */
  readonly per?: string;
  /** The unit is multiplied by this. */
  readonly times?: string;
  /** The content is no longer the quantity but a date, a time or a number that has to do with it. */
  readonly becomes?: Omit<Quantity, "name">;
  /** The record has no value: an error took its place. */
  readonly isError?: true;
}

const per = (suffix: string, unit: string): Modifier => ({ suffix: `per_${suffix}`, per: unit });
const times = (suffix: string, unit: string): Modifier => ({ suffix: `times_${suffix}`, times: unit });
const suffix = (text: string): Modifier => ({ suffix: text });

const FIXED: Readonly<Record<number, Modifier>> = {
  0x00: {},
  0x20: per("second", "s"),
  0x21: per("minute", "min"),
  0x22: per("hour", "h"),
  0x23: per("day", "d"),
  0x24: per("week", "wk"),
  0x25: per("month", "mo"),
  0x26: per("year", "a"),
  0x27: per("revolution", "{revolution}"),
  0x28: suffix("per_input_pulse_0"),
  0x29: suffix("per_input_pulse_1"),
  0x2a: suffix("per_output_pulse_0"),
  0x2b: suffix("per_output_pulse_1"),
  0x2c: per("litre", "L"),
  0x2d: per("m3", "m3"),
  0x2e: per("kg", "kg"),
  0x2f: per("kelvin", "K"),
  0x30: per("kwh", "kWh"),
  0x31: per("gj", "GJ"),
  0x32: per("kw", "kW"),
  0x33: per("kelvin_litre", "(K.L)"),
  0x34: per("volt", "V"),
  0x35: per("ampere", "A"),
  0x36: times("second", "s"),
  0x37: times("second_per_volt", "s/V"),
  0x38: times("second_per_ampere", "s/A"),
  0x39: { suffix: "start", becomes: { kind: "date" } },
  0x3a: suffix("uncorrected"),
  0x3b: suffix("positive"),
  0x3c: suffix("negative"),
  0x7d: { exponent: 3 },
  0x7e: suffix("future"),
};

const SECONDS = [1, 60, 3_600, 86_400] as const;

/** M-Bus documentation 4.8, 8.4.5, by the code without its top bit. @returns undefined for what is reserved */
export function modifierOf(code: number): Modifier | undefined {
  const fixed = FIXED[code];
  if (fixed) return fixed;
  // What the meter reports of this record, as 15: no data, 16 and 17: over- and underflow, 18: wrong. 8.4.5.
  if (code < 0x20) return { isError: true };
  if (code >= 0x40 && code < 0x60) return limit(code);
  if (code >= 0x60 && code < 0x70) return extreme(code);
  if (code >= 0x70 && code < 0x78) return { exponent: code - 0x76 };
  if (code >= 0x78 && code < 0x7c) return { offset: 1 / 10 ** (0x7b - code) };
  return undefined;
}

/** Limits: E100 u000 their value, E100 u001 how often they were exceeded, E100 uf1b when, E101 ufnn how long. */
function limit(code: number): Modifier {
  const name = code & 8 ? "upper_limit" : "lower_limit";
  const which = code & 4 ? "last" : "first";
  if (code >= 0x50)
    return { suffix: `${name}_${which}_duration`, becomes: { unit: "s", factor: SECONDS[code & 3] ?? 1 } };
  if (code & 2)
    return { suffix: `${name}_${which}_${code & 1 ? "end" : "begin"}`, becomes: { kind: "date" } };
  return code & 1 ? { suffix: `${name}_exceeds`, becomes: {} } : { suffix: name };
}

/** E110 0fnn how long the value lasted, E110 1f1b when it did. */
function extreme(code: number): Modifier | undefined {
  const which = code & 4 ? "last" : "first";
  if (code < 0x68)
    return { suffix: `${which}_duration`, becomes: { unit: "s", factor: SECONDS[code & 3] ?? 1 } };
  if ((code & 2) === 0) return undefined;
  return { suffix: `${which}_${code & 1 ? "end" : "begin"}`, becomes: { kind: "date" } };
}

/** After FC: which wires. EN 13757-3, second table of combinable VIFE */
export const SECOND_MODIFIERS: Readonly<Record<number, string>> = {
  0x01: "l1",
  0x02: "l2",
  0x03: "l3",
  0x04: "neutral",
  0x05: "l1_l2",
  0x06: "l2_l3",
  0x07: "l3_l1",
  0x08: "q1",
  0x09: "q2",
  0x0a: "q3",
  0x0b: "q4",
  0x0c: "import_minus_export",
  0x10: "absolute",
};
