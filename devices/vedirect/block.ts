import { sum16 } from "../../src/codec/index.ts";

/** One line of a block, between two line ends. */
export interface TextLine {
  readonly bytes: Buffer;
}

type Field = readonly [label: string, value: string];

/** What the lines up to a checksum are worth. */
export interface Verdict {
  /** Of the good block; undefined if there is none. */
  readonly fields?: readonly Field[];
  /** Bytes before the block's beginning, which belong to one that was cut off or to none. */
  readonly prefixBytes: number;
  readonly prefixReason: "noise" | "truncated";
  /** Why there is no block. */
  readonly reason: "checksum" | "truncated" | "unparsable";
}

/** The labels that blocks begin with. BMV-600, the oldest monitor, has others. */
const FIRST_LABELS: ReadonlySet<string> = new Set(["PID", "H1"]);

/** CR LF, which each line has before it and which counts in the sum. */
const LINE_END_BYTES = 2;
/** The sum of `CR LF Checksum TAB`. */
const TAIL_SUM = sum16(Buffer.from("\r\nChecksum\t"), 0, 11);
const TAB = 0x09;

/** With the line end before it. */
export function bytesOf({ bytes }: TextLine): number {
  return bytes.length + LINE_END_BYTES;
}

/**
 * Finds the block in the lines before a checksum. If the checksum before got lost there are two in them, or the end of
 * one: so a block begins at the last line that has a first line's label.
 *
 * The sum is one byte, and the end of a block has the right one as often as any other bytes: once in 256. So a block
 * with another first line is taken only where it must have begun: right after the block before.
 *
 * @param contiguous the first line comes right after a block's end
 */
export function judge(lines: readonly TextLine[], checksum: number, contiguous: boolean): Verdict {
  const fields = lines.map(fieldOf);
  const start = beginningOf(fields);
  const prefix = lines.slice(0, start);
  const prefixBytes = prefix.reduce((sum, line) => sum + bytesOf(line), 0);
  const verdict = {
    prefixBytes,
    prefixReason: fields.slice(0, start).some(Boolean) ? "truncated" : "noise",
  } as const;
  const mayBegin = FIRST_LABELS.has(fields[start]?.[0] ?? "") || (contiguous && start === 0);
  if (!hasRightSum(lines.slice(start), checksum)) {
    // A device that has these labels further down in its blocks.
    const hasOtherFirst = start > 0 && contiguous && !FIRST_LABELS.has(fields[0]?.[0] ?? "");
    const whole = hasOtherFirst && hasRightSum(lines, checksum) ? wellFormed(fields) : undefined;
    if (whole) return { fields: whole, prefixBytes: 0, prefixReason: "noise", reason: "checksum" };
    return { ...verdict, reason: "checksum" };
  }
  if (!mayBegin) return { ...verdict, reason: "truncated" };
  const found = wellFormed(fields.slice(start));
  return found ? { ...verdict, fields: found, reason: "checksum" } : { ...verdict, reason: "unparsable" };
}

function beginningOf(fields: readonly (Field | undefined)[]): number {
  const first = fields[0]?.[0];
  return Math.max(
    0,
    fields.findLastIndex((field) => field && (FIRST_LABELS.has(field[0]) || field[0] === first)),
  );
}

function hasRightSum(lines: readonly TextLine[], checksum: number): boolean {
  let sum = TAIL_SUM + checksum;
  for (const { bytes } of lines) sum += 0x0d + 0x0a + sum16(bytes, 0, bytes.length);
  return (sum & 0xff) === 0;
}

/** All fields, if all are some and none comes twice. */
function wellFormed(fields: readonly (Field | undefined)[]): readonly Field[] | undefined {
  const found = fields.filter((field) => field !== undefined);
  const labels = new Set(found.map(([label]) => label));
  return found.length > 0 && found.length === fields.length && labels.size === found.length
    ? found
    : undefined;
}

function fieldOf({ bytes }: TextLine): Field | undefined {
  const tab = bytes.indexOf(TAB);
  if (tab <= 0) return undefined;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (at !== tab && (byte < 0x20 || byte > 0x7e)) return undefined;
  }
  return [bytes.toString("latin1", 0, tab), bytes.toString("latin1", tab + 1)];
}
