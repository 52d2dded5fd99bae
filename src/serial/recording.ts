import { checkHeader, type RecordingHeader } from "./recording-header.ts";

/**
 * The text of a recording, docs/recording.md: a header, then a line for each chunk and each gap.
 *
 *   dunlin-recording 1 {"port":"/dev/ttyUSB0","driver":"nmea0183","start":"2026-03-01T12:00:00.000Z"}
 *   120 < 2447504747412c # $GPGGA,
 *   980 ! /dev/ttyUSB0 was unplugged
 */
export type RecordedItem =
  /** `<` came from the device, `>` was written to it. */
  | {
      readonly kind: "chunk";
      readonly atMs: number;
      readonly direction: "<" | ">";
      readonly bytes: Uint8Array;
    }
  /** The line was lost or is open again: what was half received before does not go on after. */
  | { readonly kind: "gap"; readonly atMs: number; readonly text: string };

export const RECORDING_FORMAT = "dunlin-recording 1";

/** Bytes on one line. A port reads no more at once. */
export const MAX_CHUNK_BYTES = 4096;
/** Room for a whole chunk with spaces between its bytes, and its text once more. */
export const MAX_RECORDING_LINE_BYTES = 32_768;
/** Of a gap's text. */
const MAX_TEXT = 500;

/** What every time fits, for a reader: thirty years. */
const MAX_TIME_DIGITS = 12;

export function formatHeader(header: RecordingHeader): string {
  return `${RECORDING_FORMAT} ${JSON.stringify(header)}\n`;
}

/** One line, or several for what is longer than {@link MAX_CHUNK_BYTES}; nothing for no bytes. */
export function formatItem(item: RecordedItem): string {
  const atMs = Math.floor(item.atMs);
  if (item.kind === "gap") return `${atMs} ! ${oneLine(item.text)}\n`;
  const { buffer, byteOffset, length } = item.bytes;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const lines: string[] = [];
  for (let at = 0; at < length; at += MAX_CHUNK_BYTES) {
    const part = bytes.subarray(at, at + MAX_CHUNK_BYTES);
    lines.push(`${atMs} ${item.direction} ${part.toString("hex")} # ${readable(part)}\n`);
  }
  return lines.join("");
}

/** For whoever reads the file: ASCII as it is, a dot for all else. */
function readable(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replaceAll(/[^ -~]/g, ".")
    .trimEnd();
}

/** Half a character, which a message cut off may end with, is no UTF-8. */
function oneLine(text: string): string {
  const line = text
    .replaceAll(/\p{Cc}+/gu, " ")
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .trim();
  return line === "" ? "?" : line;
}

const CHUNK = new RegExp(`^(\\d{1,${MAX_TIME_DIGITS}}) ([<>]) ((?:[0-9a-f]{2} ?)+) *(?:#.*)?$`, "i");
const GAP = new RegExp(`^(\\d{1,${MAX_TIME_DIGITS}}) ! (\\S.*)$`, "s");

/** What is wrong with a line; the parser adds where. */
export class LineFault extends Error {}

/**
 * One line without its end, as what is in it; undefined for a comment or an empty line.
 * @throws LineFault
 */
export function parseItem(line: string): RecordedItem | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const [, ms, direction, hex] = CHUNK.exec(line) ?? [];
  if (hex !== undefined) {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    if (bytes.length > MAX_CHUNK_BYTES)
      throw new LineFault(`${bytes.length} bytes on one line: at most ${MAX_CHUNK_BYTES} may be`);
    return { kind: "chunk", atMs: Number(ms), direction: direction === ">" ? ">" : "<", bytes };
  }
  const [, gapMs, text] = GAP.exec(line) ?? [];
  if (text !== undefined) return { kind: "gap", atMs: Number(gapMs), text };
  throw new LineFault(itemFault(line));
}

function itemFault(line: string): string {
  const [ms = "", mark = "", hex = ""] = line.split(" ", 3);
  const found = JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
  if (!/^\d+$/.test(ms) || ms.length > MAX_TIME_DIGITS)
    return `expected the milliseconds since the start and <, > or !, found ${found}`;
  if (mark !== "<" && mark !== ">" && mark !== "!")
    return `expected <, > or ! after the milliseconds, found ${found}`;
  if (mark === "!") return "expected a text after !";
  if (hex === "" || hex.startsWith("#")) return `expected bytes after ${mark}`;
  return `expected bytes as pairs of hexadecimal digits after ${mark}, found ${found}`;
}

/** @throws LineFault */
export function parseHeader(line: string): RecordingHeader {
  const version = /^dunlin-recording (\d+)(?: |$)/.exec(line)?.[1];
  if (version === undefined)
    throw new LineFault(`this is no recording: its first line must begin with ${RECORDING_FORMAT}`);
  if (version !== "1")
    throw new LineFault(`a recording of version ${version.slice(0, 20)}: this Dunlin reads version 1`);
  const checked = checkHeader(line.slice(RECORDING_FORMAT.length + 1));
  if (typeof checked === "string") throw new LineFault(checked);
  return checked;
}
