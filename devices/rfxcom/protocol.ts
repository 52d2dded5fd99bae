import type { Value } from "../../src/message/index.ts";
import type { PacketKind } from "./kinds.ts";
import { REMOTE_KINDS } from "./remotes.table.ts";
import { SENSOR_KINDS } from "./sensors.table.ts";

/**
 * A packet, the same both ways, has neither a checksum nor a byte that it always begins with:
 *
 *   bytes that follow u8 | type | subtype | sequence | payload …
 *
 * What tells one from noise is that its length fits its type and that no byte stands where it cannot.
 */
export const HEAD_BYTES = 4;

export const TYPE = { interfaceControl: 0x00, interfaceMessage: 0x01, transmitterMessage: 0x02 } as const;

/** What an own packet or one without a reading may look like. */
interface Shape {
  readonly type: number;
  readonly least: number;
  readonly most: number;
  readonly subtypes: readonly number[];
}

const range = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, index) => index);

const SHAPES: readonly Shape[] = [
  { type: TYPE.interfaceMessage, least: 13, most: 13, subtypes: [...range(7), 0xff] },
  { type: TYPE.interfaceMessage, least: 20, most: 20, subtypes: [...range(7), 0xff] },
  { type: TYPE.transmitterMessage, least: 4, most: 4, subtypes: [0, 1] },
  // What was heard and not understood, and what a wired meter sends (RFXtrx XL).
  { type: 0x03, least: 5, most: 36, subtypes: range(0x1d) },
  { type: 0x62, least: 4, most: 255, subtypes: [1, 2, 3, 0xfe, 0xff] },
  // Pulses, which raw reception gives.
  { type: 0x7f, least: 6, most: 252, subtypes: range(3) },
];
/** Of the transmitter's messages: what became of a transmission. */
const MOST_RESULT = 3;

/** What a stream's next bytes are. */
export type Verdict = "packet" | "none" | "incomplete";

interface Check {
  readonly at: number;
  accepts(byte: number, subtype: number): boolean;
}

class Candidate {
  readonly kind: PacketKind | undefined;
  readonly subtypes: ReadonlySet<number>;
  readonly checks: readonly Check[];

  constructor(subtypes: Iterable<number>, kind?: PacketKind) {
    this.kind = kind;
    this.subtypes = new Set(subtypes);
    this.checks = kind ? checksOf(kind) : [];
  }

  /** Whether what is there of it does not speak against it. @param size how many of its bytes are there */
  fits(bytes: Buffer, at: number, size: number): boolean {
    const subtype = bytes[at + 2] ?? 0;
    if (size > 2 && !this.subtypes.has(subtype)) return false;
    return this.checks.every(
      (check) => check.at >= size || check.accepts(bytes[at + check.at] ?? 0, subtype),
    );
  }
}

function checksOf({ fields }: PacketKind): readonly Check[] {
  const checks: Check[] = [];
  let at = HEAD_BYTES;
  for (const field of fields) {
    for (let index = 0; field.accepts && index < field.bytes; index++)
      checks.push({
        at: at + index,
        accepts: (byte, subtype) => field.accepts?.(byte, index, subtype) !== false,
      });
    at += field.bytes;
  }
  return checks;
}

/** By type and length byte. */
const CANDIDATES = new Map<number, Candidate[]>();
/** Length bytes that some packet with a reading has. */
const LENGTHS = new Set<number>();

function add(type: number, length: number, candidate: Candidate): void {
  const key = (type << 8) | length;
  CANDIDATES.set(key, [...(CANDIDATES.get(key) ?? []), candidate]);
}

export function lengthOf({ fields }: PacketKind): number {
  return fields.reduce((sum, { bytes }) => sum + bytes, HEAD_BYTES - 1);
}

for (const one of [...REMOTE_KINDS, ...SENSOR_KINDS]) {
  add(one.type, lengthOf(one), new Candidate(Object.keys(one.models).map(Number), one));
  LENGTHS.add(lengthOf(one));
}
for (const { type, least, most, subtypes } of SHAPES)
  for (let length = least; length <= most; length++) add(type, length, new Candidate(subtypes));

/** Whether a packet that has a reading begins at `at`, as far as can be seen before `end`. */
export function readingAt(bytes: Buffer, at: number, end: number): Verdict {
  const length = bytes[at] ?? 0;
  if (!LENGTHS.has(length)) return "none";
  if (at + 1 >= end) return "incomplete";
  const candidates = CANDIDATES.get(((bytes[at + 1] ?? 0) << 8) | length);
  const size = Math.min(end - at, length + 1);
  if (!candidates?.some((one) => one.kind && one.fits(bytes, at, size))) return "none";
  return size > length ? "packet" : "incomplete";
}

/** Whether any packet begins at `at`. */
export function packetAt(bytes: Buffer, at: number, end: number): Verdict {
  const length = bytes[at] ?? 0;
  if (length < HEAD_BYTES) return "none";
  if (at + 1 >= end) return "incomplete";
  const candidates = CANDIDATES.get(((bytes[at + 1] ?? 0) << 8) | length);
  const size = Math.min(end - at, length + 1);
  if (!candidates?.some((one) => one.fits(bytes, at, size)) || isWrongResult(bytes, at, size)) return "none";
  return size > length ? "packet" : "incomplete";
}

function isWrongResult(bytes: Buffer, at: number, size: number): boolean {
  return bytes[at + 1] === TYPE.transmitterMessage && size > HEAD_BYTES && (bytes[at + 4] ?? 0) > MOST_RESULT;
}

/** @returns undefined if there is no reading in such a packet */
export function readingOf(packet: Buffer): Record<string, Value> | undefined {
  const [length = 0, type = 0, subtype = 0, sequence = 0] = packet;
  const candidates = CANDIDATES.get((type << 8) | length) ?? [];
  const kind = candidates.find((one) => one.kind && one.fits(packet, 0, packet.length))?.kind;
  if (!kind) return undefined;
  const values: Record<string, Value> = {
    kind: kind.name,
    model: kind.models[subtype] ?? null,
    sequence,
    payload: packet.toString("hex", HEAD_BYTES),
  };
  let at = HEAD_BYTES;
  for (const field of kind.fields) {
    Object.assign(values, field.read?.(packet, at, subtype));
    at += field.bytes;
  }
  return values;
}

export function writePacket(type: number, subtype: number, sequence: number, payload: Uint8Array): Buffer {
  return Buffer.from([payload.length + HEAD_BYTES - 1, type, subtype, sequence, ...payload]);
}
