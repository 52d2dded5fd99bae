import { crc32 } from "node:zlib";
import { decodeCommandRow, encodeCommandRow, type CommandRow } from "./command-row.ts";
import { compress, decompress, INTAKE_LEVEL } from "./compression.ts";
import { encodeRun, type PackedRun } from "./packed-run.ts";

/** What one commit, or a part of a large one, adds to the journal. */
export interface Batch {
  /** Readings of one stream and epoch each, in order; of a stream with several, in order too. */
  readonly runs: readonly { readonly stream: string; readonly run: PackedRun }[];
  readonly commands: readonly CommandRow[];
}

/** A batch as it lies in the intake, and in memory until the archive has it: compressed. */
export interface StoredRecord {
  /** Rises with each record ever written. */
  readonly number: number;
  /** When it was written, µs since 1970; age counts from here. */
  readonly writtenUs: number;
  /** Bytes that the archive has to compress for it. */
  readonly rawBytes: number;
  /** Head and all. */
  readonly bytes: Buffer;
}

/** The contents of a record. The bytes of a run go to decodeRun by whoever wants it. */
export interface RecordItems {
  readonly runs: readonly { readonly stream: string; readonly bytes: Buffer }[];
  readonly commands: readonly CommandRow[];
}

/**
 *   magic u32 │ crc32 u32 │ number f64 │ writtenUs f64 │ packed bytes u32 │ raw bytes u32 │ zstd of the items
 *   item: kind u8 │ name bytes u8 │ bytes u32 │ name │ run or command
 *
 * The checksum covers all that follows it and begins with the file's salt.
 */
const MAGIC = 0x314a_4e44;
export const RECORD_HEAD_BYTES = 32;
const ITEM_HEAD_BYTES = 6;
const RUN = 1;
const COMMAND = 2;

/** @param salt of the file, so that no body can pass for a record, by chance or by intent */
export function encodeRecord(number: number, writtenUs: number, batch: Batch, salt: number): StoredRecord {
  const raw = Buffer.concat([
    ...batch.runs.flatMap(({ stream, run }) => item(RUN, stream, encodeRun(run))),
    ...batch.commands.flatMap((row) => item(COMMAND, row.id, encodeCommandRow(row))),
  ]);
  const packed = compress(raw, INTAKE_LEVEL);
  const bytes = Buffer.alloc(RECORD_HEAD_BYTES + packed.length);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeDoubleLE(number, 8);
  bytes.writeDoubleLE(writtenUs, 16);
  bytes.writeUInt32LE(packed.length, 24);
  bytes.writeUInt32LE(raw.length, 28);
  packed.copy(bytes, RECORD_HEAD_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(8), salt), 4);
  return { number, writtenUs, rawBytes: raw.length, bytes };
}

function item(kind: number, name: string, content: Buffer): [Buffer, Buffer, Buffer] {
  const label = Buffer.from(name, "utf8");
  const head = Buffer.allocUnsafe(ITEM_HEAD_BYTES);
  head[0] = kind;
  head[1] = label.length;
  head.writeUInt32LE(content.length, 2);
  return [head, label, content];
}

/**
 * @param file whatever the disk gave
 * @param at where a record may begin
 * @returns the record, as a copy, or undefined if there is none or not a whole one
 */
export function findRecord(file: Buffer, at: number, salt: number): StoredRecord | undefined {
  if (file.length < at + RECORD_HEAD_BYTES || file.readUInt32LE(at) !== MAGIC) return undefined;
  const end = at + RECORD_HEAD_BYTES + file.readUInt32LE(at + 24);
  if (end > file.length || crc32(file.subarray(at + 8, end), salt) !== file.readUInt32LE(at + 4))
    return undefined;
  return {
    number: file.readDoubleLE(at + 8),
    writtenUs: file.readDoubleLE(at + 16),
    rawBytes: file.readUInt32LE(at + 28),
    bytes: Buffer.from(file.subarray(at, end)),
  };
}

export function itemsOf({ bytes, rawBytes }: StoredRecord): RecordItems {
  const raw = decompress(bytes.subarray(RECORD_HEAD_BYTES), rawBytes);
  const runs: { stream: string; bytes: Buffer }[] = [];
  const commands: CommandRow[] = [];
  for (let at = 0; at < raw.length;) {
    const name = at + ITEM_HEAD_BYTES;
    const content = name + raw.readUInt8(at + 1);
    const end = content + raw.readUInt32LE(at + 2);
    const label = raw.toString("utf8", name, content);
    if (raw[at] === RUN) runs.push({ stream: label, bytes: raw.subarray(content, end) });
    else commands.push(decodeCommandRow(label, raw.subarray(content, end)));
    at = end;
  }
  return { runs, commands };
}
