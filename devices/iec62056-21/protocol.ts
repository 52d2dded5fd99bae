import { INCOMPLETE, xor8, type FrameFormat } from "../../src/codec/index.ts";
import {
  afterLineEnd,
  beginsIdentification,
  hasControls,
  hasIdentificationInside,
  identificationEnd,
  isLineEnd,
  lineEndFrom,
  MAX_IDENTIFICATION_BYTES,
  sevenBits,
  SLASH,
  SLASH_WITH_PARITY,
  withoutParity,
} from "./characters.ts";
import { readDataSets, type DataSet } from "./data-sets.ts";

/**
 * A read-out, as a meter sends it. IEC 62056-21, 6.3.2 and 6.3.4:
 *
 *   /XXXZ<identification> CR LF   STX <data sets> ! CR LF ETX BCC     modes A to C
 *   /XXXZ<identification> CR LF   CR LF <data sets> ! CR LF           mode D, and meters that leave the frame out
 *
 * Between the identification and STX there may be the echo of the host's acknowledgement.
 */
const NUL = 0x00;
const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;
const EXCLAMATION = 0x21;
const OPEN = 0x28;
const CLOSE = 0x29;

/** Longest read-out. Some have 9.5 KiB; at 300 baud this one would take 18 min. */
export const MAX_READOUT_BYTES = 32 * 1024;

/** Read-outs as they are, and those whose parity bits are still in them. */
export const READOUTS: FrameFormat = readoutsFrom(SLASH);
export const READOUTS_WITH_PARITY: FrameFormat = readoutsFrom(SLASH_WITH_PARITY);

function readoutsFrom(sync: number): FrameFormat {
  return {
    sync: [sync],
    headBytes: 4,
    maxBytes: MAX_READOUT_BYTES,
    lengthOf: (bytes, at) => (beginsIdentification(bytes, at) ? lengthAt(bytes, at) : 0),
    isIntact: (bytes, start, end) => {
      const readout = withoutParity(bytes.subarray(start, end));
      return readout !== undefined && isIntact(readout);
    },
  };
}

export interface Identification {
  /** Three letters. A lower case third one: the meter is ready after 20 ms instead of 200. */
  readonly manufacturer: string;
  /** Z: 0 to 9 in mode C, A to I in mode B, anything else in mode A. */
  readonly baudCharacter: string;
  /** `\W`, once or more: 2 says that it speaks HDLC as well, mode E. */
  readonly escapes: string;
  readonly type: string;
}

export interface Readout {
  readonly identification: Identification;
  /** Between STX and ETX, or just as it is. */
  readonly isFramed: boolean;
  /** Whether a block check character vouches for it. */
  readonly isChecked: boolean;
  readonly sets: readonly DataSet[];
  /** Every byte of it belongs to a data set. */
  readonly isWellFormed: boolean;
}

const IDENTIFICATION = /^\/([A-Za-z]{3})([^\r\n])((?:\\[^\r\n])*)([^\r\n]*)/;

/** @param line from `/` on, with or without its end */
export function readIdentification(line: string): Identification | undefined {
  const [, manufacturer, baudCharacter = "", escapes = "", type = ""] = IDENTIFICATION.exec(line) ?? [];
  return manufacturer === undefined ? undefined : { manufacturer, baudCharacter, escapes, type: type.trim() };
}

const NOBODY: Identification = { manufacturer: "", baudCharacter: "", escapes: "", type: "" };

/** @param frame an intact one, as the formats above find it */
export function readReadout(frame: Buffer): Readout {
  const bytes = withoutParity(frame) ?? frame;
  const text = bytes.toString("latin1");
  const stx = bytes.indexOf(STX);
  const start = stx < 0 ? lineEndFrom(bytes, 0) : stx + 1;
  const block = text.slice(start, text.lastIndexOf("!", isClosed(bytes) ? text.length - 2 : text.length));
  const { sets, rest } = readDataSets(block);
  return {
    identification: readIdentification(text) ?? NOBODY,
    isFramed: stx >= 0,
    isChecked: isClosed(bytes),
    sets,
    isWellFormed: rest === "" && !hasControls(block),
  };
}

/** @param lines data sets, without their ends */
export function writeReadout(
  identification: string,
  lines: readonly string[],
  form: "framed" | "bare",
): Buffer {
  const data = [...lines, "!", ""].join("\r\n");
  if (form === "bare") return Buffer.from(`/${identification}\r\n\r\n${data}`, "latin1");
  const readout = Buffer.from(`/${identification}\r\n\u0002${data}\u0003\0`, "latin1");
  readout[readout.length - 1] = xor8(readout, readout.indexOf(STX) + 1, readout.length - 1);
  return readout;
}

/** The host's answer to an identification: ACK, protocol 0, baud rate, read out. IEC 62056-21, 6.3.3. */
export function writeAcknowledgement(baudCharacter: string): Buffer {
  return Buffer.from(["\u0006", "0", baudCharacter, "0", "\r\n"].join(""), "latin1");
}

function lengthAt(bytes: Buffer, at: number): number {
  const lineEnd = identificationEnd(bytes, at);
  if (lineEnd === 0) return 0;
  // An identification has neither `/` nor `!`. IEC 62056-21, 6.3.14.
  for (let i = at + 1; i < lineEnd; i++)
    if (sevenBits(bytes[i]) === EXCLAMATION || sevenBits(bytes[i]) === SLASH) return 0;
  const end = endFrom(bytes, lineEnd, Math.min(bytes.length, at + MAX_READOUT_BYTES));
  if (end !== INCOMPLETE) return end === 0 ? 0 : end - at;
  return bytes.length - at >= MAX_READOUT_BYTES ? 0 : INCOMPLETE;
}

/** What comes first after the identification, STX or a bracket, says whether the block is framed. */
function endFrom(bytes: Buffer, from: number, limit: number): number {
  for (let at = from; at < limit; at++) {
    const byte = sevenBits(bytes[at]);
    if (byte === STX) return endOfBlock(bytes, at + 1, limit, true);
    if (byte === OPEN) return endOfBlock(bytes, at, limit, false);
    if (byte !== SLASH) continue;
    if (at + 3 >= limit) return INCOMPLETE;
    // That identification was not answered, and here is the next one.
    if (beginsIdentification(bytes, at)) return 0;
  }
  return INCOMPLETE;
}

/** A block ends with ETX and BCC; one that has no frame, or lacks its end, with a `!` that is in no value and ends a line. */
function endOfBlock(bytes: Buffer, from: number, limit: number, isFramed: boolean): number {
  let isInValue = false;
  for (let at = from; at < limit; at++) {
    const byte = sevenBits(bytes[at]);
    if (byte === OPEN) isInValue = true;
    else if (byte === CLOSE) isInValue = false;
    else if (byte === ETX && isFramed) return at + 1 < limit ? at + 2 : INCOMPLETE;
    else if (byte === SLASH) {
      const cut = cutAt(bytes, at, limit);
      if (cut !== 0) return cut;
    } else if (byte === EXCLAMATION && (!isInValue || isLineEnd(bytes[at - 1]))) {
      const end = endAfter(bytes, at + 1, limit, isFramed);
      if (end !== 0) return end;
    }
  }
  return INCOMPLETE;
}

/**
 * Another identification cuts the block off: it need not be waited for any more, and what there is of it is not intact.
 * @returns after its letters, so that it is inside; 0 if the slash is one in a value
 */
function cutAt(bytes: Buffer, slash: number, limit: number): number {
  if (slash + 3 >= limit) return INCOMPLETE;
  if (!beginsIdentification(bytes, slash)) return 0;
  for (let at = slash; at <= slash + MAX_IDENTIFICATION_BYTES; at++) {
    if (at === limit) return INCOMPLETE;
    const byte = sevenBits(bytes[at]);
    if (byte === OPEN || byte === CLOSE) return 0;
    if (isLineEnd(byte)) return slash + 4;
  }
  return 0;
}

/** @returns where the block ends whose `!` is before `at`, 0 if it goes on */
function endAfter(bytes: Buffer, at: number, limit: number, isFramed: boolean): number {
  if (at === limit) return INCOMPLETE;
  if (!isLineEnd(bytes[at])) return 0;
  const end = afterLineEnd(bytes, at, limit);
  if (end > limit) return INCOMPLETE;
  if (!isFramed) return end;
  if (end === limit) return INCOMPLETE;
  return FOLLOWS_LOST_END.has(sevenBits(bytes[end])) ? end : 0;
}

/** What comes after a framed block without ETX and BCC: another read-out, a line end, a filler. Anything else is an ETX that was damaged. */
const FOLLOWS_LOST_END: ReadonlySet<number> = new Set([SLASH, CR, LF, NUL]);

/**
 * A block check character decides, over what follows STX up to and with ETX. IEC 62056-21, 6.2. Without one nothing tells
 * a whole read-out from one that was cut off by the next, but that another one begins inside.
 */
function isIntact(readout: Buffer): boolean {
  const stx = readout.indexOf(STX);
  const isClosedHere = isClosed(readout);
  // A second STX begins another block, unless it is the block check character.
  const second = stx < 0 ? -1 : readout.indexOf(STX, stx + 1);
  if (second >= 0 && !(isClosedHere && second === readout.length - 1)) return false;
  if (isClosedHere) return xor8(readout, stx + 1, readout.length - 1) === readout.at(-1);
  return !hasIdentificationInside(readout);
}

/** Whether the block has a frame and its end: ETX, and the block check character. */
function isClosed(readout: Buffer): boolean {
  // In an ETX with a wrong bit 7 the check character has the last word.
  return sevenBits(readout.at(-2)) === ETX && readout.includes(STX);
}
