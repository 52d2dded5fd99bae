/** How the content of a record is coded, and the number, text or date that it is. EN 13757-3, annex A; M-Bus documentation 4.8, 8.2. */

/** Low nibble of the DIF: data whose length stands before them. */
export const VARIABLE = 0x0d;
const REAL = 0x05;

/** Bytes by the low nibble of the DIF. F is special, and 8 (selection for readout) is of requests. */
export const CONTENT_BYTES: readonly (number | undefined)[] = [
  0,
  1,
  2,
  3,
  4,
  4,
  6,
  8,
  0,
  1,
  2,
  3,
  4,
  undefined,
  6,
  undefined,
];

/** A number as decimal text, so that it can be scaled by powers of ten without rounding twice; or a text. */
export type Content = { readonly decimal: string } | { readonly text: string };

/**
 * @param coding low nibble of the DIF
 * @param variable LVAR of data of variable length
 * @returns null if the meter says that it has no value
 */
export function readContent(
  coding: number,
  content: Buffer,
  { variable, isUnsigned }: { readonly variable?: number | undefined; readonly isUnsigned: boolean },
): Content | null {
  if (variable !== undefined) return variableContent(variable, content);
  if (content.length === 0) return null;
  if (coding === REAL) return real(content.readFloatLE(0));
  if (coding >= 0x09) return decimalOrNull(bcd(content));
  return isUnsigned ? { decimal: String(unsigned(content)) } : decimalOrNull(signed(content));
}

function variableContent(variable: number, content: Buffer): Content | null {
  if (variable < 0xc0)
    return { text: Buffer.from(content).reverse().toString("latin1").replaceAll("\0", "").trim() };
  if (variable < 0xd0) return decimalOrNull(bcd(content));
  if (variable < 0xe0) return decimalOrNull(bcd(content, "-"));
  // Longer ones are no quantities: keys, bit fields.
  if (content.length > 8) return { text: Buffer.from(content).reverse().toString("hex") };
  return content.length === 0 ? null : decimalOrNull(signed(content));
}

function decimalOrNull(decimal: string | undefined): Content | null {
  return decimal === undefined ? null : { decimal };
}

/**
 * Type A. A minus is F in the highest digit; other letters mean an error or that there is no value, and what the digits
 * beside them say is nothing.
 */
function bcd(content: Buffer, sign = ""): string | undefined {
  const digits = Buffer.from(content).reverse().toString("hex");
  if (/^\d+$/.test(digits)) return sign + digits;
  return /^f\d+$/.test(digits) ? `-${digits.slice(1)}` : undefined;
}

/** Type B. The lowest number stands for "invalid". */
function signed(content: Buffer): string | undefined {
  const bits = content.length * 8;
  const value = BigInt.asIntN(bits, unsigned(content));
  return value === -(1n << BigInt(bits - 1)) ? undefined : String(value);
}

function unsigned(content: Buffer): bigint {
  return content.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Type H, with as few digits as make this very number: 41.737434, not 41.73743438720703. */
function real(value: number): Content | null {
  if (!Number.isFinite(value)) return null;
  for (let digits = 6; digits < 9; digits++) {
    const decimal = value.toPrecision(digits);
    if (Math.fround(Number(decimal)) === value) return { decimal: String(Number(decimal)) };
  }
  return { decimal: String(Number(value.toPrecision(9))) };
}

/** `decimal` times 10^`exponent`, rounded once. */
export function scaled(decimal: string, exponent: number): number {
  const [mantissa = "", own = "0"] = decimal.split("e");
  // Adding 0 makes -0 a plain 0.
  return Number(`${mantissa}e${Number(own) + exponent}`) + 0;
}
