import type { MetricType, Value, Values } from "../../src/message/index.ts";

/** Answers of instruments (IEEE 488.2-1992, section 8; SCPI-99), each a line without its end. */

/** NR1, NR2 and NR3: 8.7.2 to 8.7.4. Some put spaces before them. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?$/;
/** #H, #Q and #B: 8.7.5 to 8.7.7. */
const OTHER_BASES: Readonly<Record<string, readonly [digits: RegExp, base: number]>> = {
  H: [/^[0-9A-F]+$/, 16],
  Q: [/^[0-7]+$/, 8],
  B: [/^[01]+$/, 2],
};
/** 9.9E37 is infinity, which is how an overload reads, 9.91E37 is no number. SCPI-99 volume 1, 7.2.1.4 and 7.2.1.5. */
const NO_NUMBER_FROM = 9.9e37;
const NO_NUMBER_WORDS = new Set(["INF", "NINF", "NAN"]);

const BOOLEANS: Readonly<Record<string, boolean>> = { "0": false, "1": true, OFF: false, ON: true };

/** `-113,"Undefined header"`. SCPI-99 volume 2, 21.8. */
const ERROR = /^([+-]?\d{1,5}) *, *"(.*)"$/;

/** @returns null if the instrument has no value, undefined if this is none of the type */
export function valueOf(type: MetricType, answer: string): Value | undefined {
  if (type === "text") return textOf(answer);
  if (type === "boolean") return BOOLEANS[answer.toUpperCase()];
  const number = numberOf(answer);
  return type === "integer" && number !== null && !Number.isInteger(number) ? undefined : number;
}

/** @returns null for an overload and for what is no number by itself, undefined if the line is no number */
export function numberOf(answer: string): number | null | undefined {
  if (NO_NUMBER_WORDS.has(answer.toUpperCase())) return null;
  if (DECIMAL.test(answer)) return Math.abs(Number(answer)) >= NO_NUMBER_FROM ? null : Number(answer);
  const [digits, base] = (answer.startsWith("#") && OTHER_BASES[answer.charAt(1).toUpperCase()]) || [];
  const text = answer.slice(2).toUpperCase();
  return digits?.test(text) ? Number.parseInt(text, base) : undefined;
}

/** A string in quotes, 8.7.8, or whatever else the line is. */
function textOf(answer: string): string {
  const quoted = /^"(.*)"$/.exec(answer)?.[1];
  return quoted === undefined ? answer : quoted.replaceAll('""', '"');
}

/** @returns undefined if the line is no answer to SYST:ERR? */
export function errorOf(answer: string): { readonly code: number; readonly text: string } | undefined {
  const [, code, text = ""] = ERROR.exec(answer) ?? [];
  return code === undefined ? undefined : { code: Number(code), text: text.replaceAll('""', '"') };
}

/**
 * Manufacturer, model, serial number and firmware, IEEE 488.2, 10.14.3: "0" where there is none. Instruments that make less of it have
 * all of it as their model.
 * @returns undefined if the line is the answer to something else
 */
export function identityOf(answer: string): Values | undefined {
  if (numberOf(answer) !== undefined || errorOf(answer) || !/[A-Za-z]/.test(answer)) return undefined;
  const [manufacturer, model, serialNumber, ...firmware] = answer.split(",").map((field) => field.trim());
  if (
    manufacturer === undefined ||
    model === undefined ||
    serialNumber === undefined ||
    firmware.length === 0
  )
    return { manufacturer: null, model: answer, serial_number: null, firmware: null };
  return {
    manufacturer: known(manufacturer),
    model: known(model),
    serial_number: known(serialNumber),
    firmware: known(firmware.join(",")),
  };
}

function known(field: string): string | null {
  return field === "" || field === "0" ? null : field;
}
