import { xor8 } from "./checksums.ts";
import { INCOMPLETE, type FrameFormat } from "./frames.ts";

/** `$` begins a parametric or proprietary sentence, `!` an encapsulated one (AIS). IEC 61162-1, 7.2. */
export const SENTENCE_MARKS: readonly number[] = [0x24, 0x21];

/**
 * Longest sentence taken, bytes. The standard says 82; receivers exceed it (GSV with signal id, PMTK, PUBX, Unicore),
 * and the longest in our recordings is 331.
 */
export const MAX_SENTENCE_BYTES = 1024;

const DOLLAR = 0x24;
const ASTERISK = 0x2a;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
/** `*hh` at the end. */
const CHECKSUM_CHARACTERS = 3;

/** Why a line is no sentence: of the words that a driver counts discards by. */
export type SentenceFault = "noise" | "checksum" | "unparsable";

/**
 * The text of a sentence between its mark and its checksum, `GPGGA,171926.00,…`.
 *
 * @param line from its mark to before CR or LF
 * @param requireChecksum false takes sentences without one too; one that is there must be right in any case
 * @returns in `fault` why there is none: `checksum` is wrong, there is none where one is needed (`unparsable`), or the line holds
 * characters that no sentence has (`noise`: binary protocols have `$` and `!` in them too)
 */
export function readSentence(
  line: Buffer,
  requireChecksum: boolean,
): { readonly text: string } | { readonly fault: SentenceFault } {
  let end = line.length;
  while (line[end - 1] === SPACE) end--;
  if (!isPrintable(line, end)) return { fault: "noise" };
  const body = end - CHECKSUM_CHARACTERS;
  const claimed = line[body] === ASTERISK ? hexByte(line[body + 1] ?? 0, line[body + 2] ?? 0) : undefined;
  if (claimed !== undefined)
    return xor8(line, 1, body) === claimed
      ? { text: line.toString("latin1", 1, body) }
      : { fault: "checksum" };
  if (requireChecksum || line.indexOf(ASTERISK) >= 0 || end === 1) return { fault: "unparsable" };
  return { text: line.toString("latin1", 1, end) };
}

/** A sentence ready to be sent. @param text what is between `$` and `*` */
export function writeSentence(text: string): Buffer {
  const sentence = Buffer.from(`$${text}*00\r\n`, "latin1");
  const sum = xor8(sentence, 1, sentence.length - 5);
  sentence.write(sum.toString(16).toUpperCase().padStart(2, "0"), sentence.length - 4, "latin1");
  return sentence;
}

/**
 * Sentences among binary frames, for a FrameScanner: they must have a checksum and end with CR and LF, and CR and LF belong to the
 * frame. Where sentences are alone on a line a MarkedLineSplitter takes more of what devices send.
 */
export const SENTENCE_FRAMES: FrameFormat = {
  sync: [DOLLAR],
  headBytes: 1,
  maxBytes: MAX_SENTENCE_BYTES,
  lengthOf: sentenceBytes,
  isIntact: (bytes, start, end) => !("fault" in readSentence(bytes.subarray(start, end - 2), true)),
};

function sentenceBytes(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + MAX_SENTENCE_BYTES);
  let at = start + 1;
  while (at < limit && isCharacter(bytes[at] ?? 0) && bytes[at] !== DOLLAR) at++;
  if (at === start + MAX_SENTENCE_BYTES || (at < limit && bytes[at] !== CR)) return 0;
  if (at >= limit - 1) return at + 1 < start + MAX_SENTENCE_BYTES ? INCOMPLETE : 0;
  return bytes[at + 1] === LF ? at + 2 - start : 0;
}

/** Space to tilde, the only characters of a sentence. IEC 61162-1, 7.1. */
function isPrintable(line: Buffer, end: number): boolean {
  for (let at = 0; at < end; at++) if (!isCharacter(line[at] ?? 0)) return false;
  return true;
}

function isCharacter(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** Both letter cases occur in the field. */
function hexByte(high: number, low: number): number | undefined {
  const upper = hexDigit(high);
  const lower = hexDigit(low);
  return upper < 0 || lower < 0 ? undefined : upper * 16 + lower;
}

function hexDigit(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
