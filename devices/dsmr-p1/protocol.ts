import { INCOMPLETE, type FrameFormat } from "../../src/codec/index.ts";
import {
  afterLineEnd,
  beginsIdentification,
  hasControls,
  hasIdentificationInside,
  identificationEnd,
  isLineEnd,
  SLASH,
  SLASH_WITH_PARITY,
  sevenBits,
  withoutParity,
} from "../iec62056-21/characters.ts";
import { readDataSets, withoutUnusedGroup, type DataSet } from "../iec62056-21/data-sets.ts";

/**
 * A telegram of a P1 port. DSMR P1 companion standard 5.0.2, 6.2; 3.0 and before have no CRC:
 *
 *   /XXX5<identification> CR LF CR LF  <objects, a line each>  ! <CRC, 4 hex digits> CR LF
 */
const EXCLAMATION = 0x21;

/** Longest telegram. One with a text of 2048 characters and four sub-meters has some 4 KB; 13 months of peaks are 600 bytes. */
export const MAX_TELEGRAM_BYTES = 8192;
const MAX_CRC_DIGITS = 4;

/** Telegrams as they are, and those whose parity bits are still in them. */
export const TELEGRAMS: FrameFormat = telegramsFrom(SLASH);
export const TELEGRAMS_WITH_PARITY: FrameFormat = telegramsFrom(SLASH_WITH_PARITY);

function telegramsFrom(sync: number): FrameFormat {
  return {
    sync: [sync],
    headBytes: 4,
    maxBytes: MAX_TELEGRAM_BYTES,
    lengthOf: (bytes, at) => (beginsIdentification(bytes, at) ? lengthAt(bytes, at) : 0),
    isIntact: (bytes, start, end) => {
      const telegram = withoutParity(bytes.subarray(start, end));
      return telegram !== undefined && isIntact(telegram);
    },
  };
}

export interface Telegram {
  /** What follows the `/`: maker, baud rate and type. */
  readonly identification: string;
  /** Whether a CRC vouches for it. */
  readonly isChecked: boolean;
  readonly objects: readonly DataSet[];
  /** Every byte of it belongs to an object. */
  readonly isWellFormed: boolean;
}

/** @param frame an intact one, as the formats above find it */
export function readTelegram(frame: Buffer): Telegram {
  const text = (withoutParity(frame) ?? frame).toString("latin1");
  const headerEnd = text.search(/[\r\n]/);
  const end = text.lastIndexOf("!");
  const block = text.slice(headerEnd, end);
  const { sets, rest } = readDataSets(block);
  return {
    identification: text.slice(1, headerEnd),
    isChecked: text.slice(end + 1).trim() !== "",
    objects: sets.map(({ address, values }) => ({ address: withoutUnusedGroup(address), values })),
    isWellFormed: rest === "" && !hasControls(block) && sets.every(({ address }) => OBJECT.test(address)),
  };
}

/** With a CRC of its own. @param lines between identification and `!`, without their ends */
export function writeTelegram(identification: string, lines: readonly string[]): Buffer {
  const text = [`/${identification}`, "", ...lines, "!"].join("\r\n");
  const crc = crc16(Buffer.from(text, "latin1"), 0, text.length);
  return Buffer.from(`${text}${crc.toString(16).toUpperCase().padStart(4, "0")}\r\n`, "latin1");
}

/** What each byte does to a CRC. */
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

/** CRC-16, polynomial 8005 reflected, begins with 0. P1 5.0.2, 6.2: over every byte from `/` to `!`. @returns 0 to 65535 */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc;
}

const OBJECT = /^\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}\.\d{1,3}(?:\*\d{1,3})?$/;

/** To the line end after the first `!` that begins a line and has nothing but a CRC after it. */
function lengthAt(bytes: Buffer, at: number): number {
  if (identificationEnd(bytes, at) === 0) return 0;
  const limit = Math.min(bytes.length, at + MAX_TELEGRAM_BYTES);
  for (let mark = bytes.indexOf(EXCLAMATION, at); mark >= 0 && mark < limit;) {
    const end = isLineEnd(bytes[mark - 1]) ? endAfter(bytes, mark, limit) : 0;
    if (end > 0) return end - at;
    if (end === INCOMPLETE) break;
    mark = bytes.indexOf(EXCLAMATION, mark + 1);
  }
  return bytes.length - at >= MAX_TELEGRAM_BYTES ? 0 : INCOMPLETE;
}

/** @returns where the telegram ends whose `!` is at `mark`, 0 if this is not its `!` */
function endAfter(bytes: Buffer, mark: number, limit: number): number {
  let at = mark + 1;
  while (at < limit && at <= mark + MAX_CRC_DIGITS && isHexDigit(bytes[at])) at++;
  if (at === limit) return INCOMPLETE;
  if (!isLineEnd(bytes[at])) return 0;
  const end = afterLineEnd(bytes, at, limit);
  return end > limit ? INCOMPLETE : end;
}

/**
 * Digits of a CRC may be missing in front: some meters do not pad it. Without a CRC nothing tells a whole telegram from
 * one that was cut off by the next, but that another one begins inside.
 */
function isIntact(telegram: Buffer): boolean {
  const mark = telegram.lastIndexOf(EXCLAMATION);
  const digits = telegram.toString("latin1", mark + 1).trim();
  if (digits !== "") return crc16(telegram, 0, mark + 1) === Number.parseInt(digits, 16);
  return !hasIdentificationInside(telegram);
}

function isHexDigit(byte: number | undefined): boolean {
  const digit = sevenBits(byte);
  return (digit >= 0x30 && digit <= 0x39) || ((digit | 0x20) >= 0x61 && (digit | 0x20) <= 0x66);
}
