import { NoiseRun, sum16, viewOf, type Discard } from "../../src/codec/index.ts";

/** How a group is written. Linky has both; all meters before it are historic. */
export type Mode = "historic" | "standard";

/** One label with its value, as it is on the line. */
export interface Group {
  readonly mode: Mode;
  readonly label: string;
  /** `SAAMMJJhhmmss`, in standard mode where there is one. */
  readonly timestamp?: string;
  readonly value: string;
  /** On the line, from LF to CR. */
  readonly bytes: number;
}

/** A frame from STX to ETX: what is good in it, and what is not. */
export interface Frame {
  readonly type: "frame";
  readonly groups: readonly Group[];
  readonly discards: readonly Discard<"noise" | "checksum" | "truncated" | "unparsable">[];
  readonly bytes: number;
}

export type TeleinfoItem = Frame | Discard<"noise" | "truncated" | "too-long">;

const STX = 0x02;
const ETX = 0x03;
const EOT = 0x04;
const HT = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** In the place of a byte whose parity is wrong: no character of the protocol. */
const DAMAGED = 0xff;

/** A frame of a three-phase Linky with everything has some 1500 bytes. */
const MAX_FRAME_BYTES = 4096;

/** Letters and digits, `+` and `-` in SMAXSN-1 and NJOURF+1, `_` in meters of larger connections. */
const LABEL = /^[A-Za-z][A-Za-z0-9_+-]{1,11}$/;

/**
 * Finds frames in a stream of bytes. Enedis-NOI-CPT_54E, 5.3.
 *
 *   STX group group … ETX          EOT instead of ETX: the meter breaks off
 *
 *   historic   LF label SP value SP check CR
 *   standard   LF label HT [timestamp HT] value HT check CR
 *
 * A group that is damaged is left out of its frame; a frame that has no end is left out as a whole.
 *
 *   idle ──STX──► frame ──ETX──► (frame) idle
 *    └─noise       └──STX, EOT──► (truncated)   ──too long──► (discard) idle
 */
export class TeleinfoScanner {
  readonly #noise = new NoiseRun();
  #frame: number[] | undefined;

  push(chunk: Uint8Array): TeleinfoItem[] {
    const items: TeleinfoItem[] = [];
    for (const byte of viewOf(chunk)) this.#character(withoutParity(byte), items);
    return items;
  }

  #character(character: number, items: TeleinfoItem[]): void {
    if (character === STX) return this.#begin(items);
    const frame = this.#frame;
    if (!frame) return this.#noise.add(1, items);
    frame.push(character);
    if (character === ETX) items.push(readFrame(Buffer.from(frame)));
    else if (character === EOT) items.push({ type: "discard", bytes: frame.length, reason: "truncated" });
    else if (frame.length < MAX_FRAME_BYTES) return;
    else items.push({ type: "discard", bytes: frame.length, reason: "too-long" });
    this.#frame = undefined;
  }

  #begin(items: TeleinfoItem[]): void {
    this.#noise.end(items);
    if (this.#frame) items.push({ type: "discard", bytes: this.#frame.length, reason: "truncated" });
    this.#frame = [STX];
  }
}

/** A line of 7 bits and even parity that is read as 8 bits has the parity in the eighth. */
function withoutParity(byte: number): number {
  if (byte < 0x80) return byte;
  let ones = 0;
  for (let bits = byte; bits > 0; bits >>= 1) ones += bits & 1;
  return ones % 2 === 0 ? byte & 0x7f : DAMAGED;
}

function readFrame(frame: Buffer): Frame {
  const groups: Group[] = [];
  const discards: Frame["discards"][number][] = [];
  const end = frame.length - 1;
  let at = 1;
  while (at < end) {
    const start = placeOf(frame, [LF], at, end);
    if (start > at) discards.push({ type: "discard", bytes: start - at, reason: "noise" });
    if (start === end) break;
    const stop = placeOf(frame, [LF, CR], start + 1, end);
    const isWhole = stop < end && frame[stop] === CR;
    at = isWhole ? stop + 1 : stop;
    const group = isWhole ? readGroup(frame.subarray(start + 1, stop)) : "truncated";
    if (typeof group === "string") discards.push({ type: "discard", bytes: at - start, reason: group });
    else groups.push(group);
  }
  return { type: "frame", groups, discards, bytes: frame.length };
}

/** @returns where one of the bytes is next, or `end` */
function placeOf(frame: Buffer, bytes: readonly number[], from: number, end: number): number {
  let at = from;
  while (at < end && !bytes.includes(frame[at] ?? 0)) at++;
  return at;
}

/**
 * The sum is of everything before the check character in standard mode, and not of the space before it in historic
 * mode. The check character may be a space itself. Enedis-NOI-CPT_54E, 5.3.6.
 */
export function readGroup(text: Buffer): Group | "checksum" | "unparsable" {
  const separator = text.at(-2);
  if (separator !== HT && separator !== SPACE) return "unparsable";
  const end = text.length - 2;
  if (text.at(-1) !== checkOf(text, separator === HT ? end + 1 : end)) return "checksum";
  if (text.some((byte) => byte !== HT && (byte < SPACE || byte > 0x7e))) return "unparsable";
  const body = text.toString("latin1", 0, end);
  return separator === HT ? standardGroup(body.split("\t"), text.length) : historicGroup(body, text.length);
}

function standardGroup(fields: readonly string[], length: number): Group | "unparsable" {
  const [label = "", first, second] = fields;
  if (first === undefined || fields.length > 3 || !LABEL.test(label)) return "unparsable";
  const common = { mode: "standard", label, bytes: length + 2 } as const;
  return second === undefined ? { ...common, value: first } : { ...common, timestamp: first, value: second };
}

function historicGroup(body: string, length: number): Group | "unparsable" {
  const space = body.indexOf(" ");
  const label = body.slice(0, space);
  if (space < 0 || !LABEL.test(label)) return "unparsable";
  return { mode: "historic", label, value: body.slice(space + 1), bytes: length + 2 };
}

function checkOf(text: Buffer, end: number): number {
  return (sum16(text, 0, end) & 0x3f) + 0x20;
}

/** A frame as a meter sends it. @param groups label, perhaps a timestamp, and value of each */
export function writeFrame(mode: Mode, groups: readonly (readonly string[])[]): Buffer {
  const separator = mode === "standard" ? "\t" : " ";
  const pieces = groups.map((fields) => {
    const body = Buffer.from(fields.join(separator) + separator, "latin1");
    const check = checkOf(body, mode === "standard" ? body.length : body.length - 1);
    return Buffer.from([LF, ...body, check, CR]);
  });
  return Buffer.concat([Buffer.of(STX), ...pieces, Buffer.of(ETX)]);
}
