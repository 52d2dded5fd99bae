/** What IEC 62056-21 and the P1 port, which took over its form, have in common in their characters. */

const CR = 0x0d;
const LF = 0x0a;

/** `/`, which an identification begins with. */
export const SLASH = 0x2f;
/** `/` as a 7E1 line sends it, when it is read as 8N1: bit 7 is the parity bit. */
export const SLASH_WITH_PARITY = 0xaf;

/**
 * Longest identification, with its slash. The standard allows five and 16 characters, and meters exceed it.
 * IEC 62056-21, 6.3.2.
 */
export const MAX_IDENTIFICATION_BYTES = 64;

/** A maker's three letters follow the slash; after that of a sign-on comes a question mark. IEC 62056-21, 6.3.1 and 6.3.2. */
export function beginsIdentification(bytes: Buffer, at: number): boolean {
  for (let letter = at + 1; letter <= at + 3; letter++) {
    const lower = sevenBits(bytes[letter]) | 0x20;
    if (lower < 0x61 || lower > 0x7a) return false;
  }
  return true;
}

/**
 * Whether a telegram begins inside these bytes, after their own beginning. A slash with a bracket after it in its line is
 * one in a value: an identification has no brackets.
 */
export function hasIdentificationInside(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(SLASH, 1); at >= 0; at = bytes.indexOf(SLASH, at + 1))
    if (beginsIdentification(bytes, at) && !hasBracket(bytes, at, lineEndFrom(bytes, at))) return true;
  return false;
}

function hasBracket(bytes: Buffer, from: number, end: number): boolean {
  return /[()]/.test(bytes.toString("latin1", from, end));
}

/** @returns where the line ends that `from` is in, or the end of the bytes */
export function lineEndFrom(bytes: Buffer, from: number, limit = bytes.length): number {
  let at = from;
  while (at < limit && !isLineEnd(bytes[at])) at++;
  return at;
}

/** @returns where the identification ends that begins at `at`, the end of the bytes if it has not come, 0 if it is too long to be one */
export function identificationEnd(bytes: Buffer, at: number): number {
  const limit = at + MAX_IDENTIFICATION_BYTES;
  const end = lineEndFrom(bytes, at, Math.min(bytes.length, limit + 1));
  return end > limit ? 0 : end;
}

export function isLineEnd(byte: number | undefined): boolean {
  return sevenBits(byte) === CR || sevenBits(byte) === LF;
}

/** @returns after CR LF, or whichever of the two there is alone; `limit` + 1 if what is after CR has not come */
export function afterLineEnd(bytes: Buffer, at: number, limit: number): number {
  if (sevenBits(bytes[at]) !== CR) return at + 1;
  if (at + 1 >= limit) return limit + 1;
  return sevenBits(bytes[at + 1]) === LF ? at + 2 : at + 1;
}

export function sevenBits(byte: number | undefined): number {
  return (byte ?? 0) & 0x7f;
}

/** Characters that no data has: it is printable, and may be Latin-1 in the units of some meters. */
export function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== CR && code !== LF) || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** The frame, without its parity bits if it has some. @returns undefined if one of them is wrong */
export function withoutParity(frame: Buffer): Buffer | undefined {
  if (frame[0] !== SLASH_WITH_PARITY) return frame;
  const stripped = Buffer.allocUnsafe(frame.length);
  for (const [at, byte] of frame.entries()) {
    if (!hasEvenParity(byte)) return undefined;
    stripped[at] = byte & 0x7f;
  }
  return stripped;
}

/** Bit n is set if n has an even number of ones. */
const EVEN_NIBBLES = 0x9669;

function hasEvenParity(byte: number): boolean {
  return ((EVEN_NIBBLES >> ((byte ^ (byte >> 4)) & 0xf)) & 1) === 1;
}
