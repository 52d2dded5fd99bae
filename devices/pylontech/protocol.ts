import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of Pylontech's low voltage batteries (RS485 protocol, low voltage, V3.3, section 2), all of it ASCII hex, big endian:
 *
 *   ~ | version | address | CID1 46 | CID2 or RTN | length | info … | check | CR
 *       2         2         2         2             4        n        4
 *
 * The length is a check of four bits and the number of the info's characters in twelve; both checks are the two's complement of
 * a sum, that of the frame over its characters after the `~`.
 */
const SOI = 0x7e;
const EOI = 0x0d;
/** `~` to the length. */
const HEAD_CHARACTERS = 13;
const CHECK_CHARACTERS = 4;
const MAX_INFO_CHARACTERS = 0xfff;

/** 2.0, which all of the family understand and answer with. */
const VERSION = 0x20;
/** Lithium iron batteries. */
const CID1 = 0x46;

/** CID2 of a request. Section 3. */
export const QUERIES = { analog: 0x42, alarms: 0x44, management: 0x92, serialNumber: 0x93 } as const;
export type Query = keyof typeof QUERIES;

/** RTN of an answer: 0, or why there is none. Section 2.4. */
export const RETURN_CODES: Readonly<Record<number, string>> = {
  0x01: "it does not speak this version",
  0x02: "the request's check was wrong",
  0x03: "the request's length check was wrong",
  0x04: "it does not know this request",
  0x05: "the request's format is wrong",
  0x06: "the request's data are wrong",
  0x90: "there is no battery with this address",
  0x91: "the first battery does not reach it",
};
export const UNKNOWN_REQUEST = 0x04;

export const PYLONTECH_FRAMES: FrameFormat = {
  sync: [SOI],
  headBytes: HEAD_CHARACTERS,
  maxBytes: HEAD_CHARACTERS + MAX_INFO_CHARACTERS + CHECK_CHARACTERS + 1,
  lengthOf: (bytes, at) => {
    const info = infoCharacters(bytes, at);
    if (info === undefined) return 0;
    const length = HEAD_CHARACTERS + info + CHECK_CHARACTERS + 1;
    // What is no hex cannot be inside: the frame is cut off there, and need not be waited for.
    const cut = cutWithin(bytes, at, length - 1);
    return cut < 0 ? length : cut + 1 - at;
  },
  isIntact: (bytes, start, end) => {
    const check = end - 1 - CHECK_CHARACTERS;
    return (
      bytes[end - 1] === EOI &&
      cutWithin(bytes, start, end - 1 - start) < 0 &&
      hexAt(bytes, check, CHECK_CHARACTERS) === (-sum16(bytes, start + 1, check) & 0xffff)
    );
  },
};

export interface PylontechFrame {
  readonly version: number;
  readonly address: number;
  /** CID1: what the device is. */
  readonly kind: number;
  /** CID2 of a request, RTN of an answer. */
  readonly code: number;
  readonly info: Buffer;
}

/** @param frame whole and intact */
export function readFrame(frame: Buffer): PylontechFrame {
  const [version = 0, address = 0, kind = 0, code = 0] = Buffer.from(frame.toString("latin1", 1, 9), "hex");
  const text = frame.toString("latin1", HEAD_CHARACTERS, frame.length - CHECK_CHARACTERS - 1);
  return { version, address, kind, code, info: Buffer.from(text, "hex") };
}

/** Whether it is of a battery, or for one. */
export function isOfBattery({ kind }: PylontechFrame): boolean {
  return kind === CID1;
}

/** @param address of the battery; 255 in `info` are all of them */
export function writeQuery(query: Query, address: number, info: Uint8Array = Buffer.of(address)): Buffer {
  return writeFrame(QUERIES[query], address, info);
}

/** @param code CID2 of a request, RTN of an answer */
export function writeFrame(code: number, address: number, info: Uint8Array): Buffer {
  const head = Buffer.of(VERSION, address, CID1, code).toString("hex");
  const text = Buffer.from(info).toString("hex");
  const body = `${head}${hex16(lengthWord(text.length))}${text}`.toUpperCase();
  const characters = Buffer.from(`~${body}`, "latin1");
  const check = hex16(-sum16(characters, 1, characters.length) & 0xffff).toUpperCase();
  return Buffer.from(`~${body}${check}\r`, "latin1");
}

/** @returns how long the info is, or undefined if the head is none */
function infoCharacters(bytes: Buffer, at: number): number | undefined {
  if (cutWithin(bytes, at, HEAD_CHARACTERS) >= 0) return undefined;
  const word = hexAt(bytes, at + HEAD_CHARACTERS - 4, 4);
  const length = word & MAX_INFO_CHARACTERS;
  // Two characters a byte.
  return lengthWord(length) === word && length % 2 === 0 ? length : undefined;
}

/** Section 2.3. */
function lengthWord(characters: number): number {
  const sum = (characters & 0xf) + ((characters >> 4) & 0xf) + (characters >> 8);
  return ((-sum & 0xf) << 12) | characters;
}

/** @returns where after its `~` what is there of it has a character that is no hex digit, or -1 */
function cutWithin(bytes: Buffer, start: number, length: number): number {
  const end = Math.min(start + length, bytes.length);
  for (let at = start + 1; at < end; at++) if (!isHexDigit(bytes[at] ?? 0)) return at;
  return -1;
}

function isHexDigit(character: number): boolean {
  const isDigit = character >= 0x30 && character <= 0x39;
  const letter = character | 0x20;
  return isDigit || (letter >= 0x61 && letter <= 0x66);
}

function hexAt(bytes: Buffer, at: number, characters: number): number {
  return Number.parseInt(bytes.toString("latin1", at, at + characters), 16);
}

function hex16(word: number): string {
  return word.toString(16).padStart(4, "0");
}
