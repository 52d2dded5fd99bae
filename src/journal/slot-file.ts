import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { systemCodeOf } from "../base/index.ts";

/** What a file system writes at least; also the block of nearly every one, so that a commit dirties no block in part. */
export const SLOT_BYTES = 4096;

/** What the first and the last slot say, both of them, so that one bad block does not cost the salt. */
export interface SlotFileHead {
  readonly slots: number;
  /** Where the checksums of this file's records begin. */
  readonly salt: number;
}

/** magic u32 │ slots u32 │ salt u32 │ crc32 of these u32, in a slot of its own */
const MAGIC = 0x3149_4e44;

export function encodeHead({ slots, salt }: SlotFileHead): Buffer {
  const head = Buffer.alloc(SLOT_BYTES);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(slots, 4);
  head.writeUInt32LE(salt, 8);
  head.writeUInt32LE(crc32(head.subarray(0, 12)), 12);
  return head;
}

/** @returns the first readable of the two, or undefined */
export function findHead(file: Buffer): SlotFileHead | undefined {
  return headAt(file, 0) ?? headAt(file, Math.floor(file.length / SLOT_BYTES - 1) * SLOT_BYTES);
}

function headAt(file: Buffer, at: number): SlotFileHead | undefined {
  if (at < 0 || file.length < at + 16 || file.readUInt32LE(at) !== MAGIC) return undefined;
  if (crc32(file.subarray(at, at + 12)) !== file.readUInt32LE(at + 12)) return undefined;
  return { slots: file.readUInt32LE(at + 4), salt: file.readUInt32LE(at + 8) };
}

/** @throws Error of the system */
export function readWhole(file: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size);
  let at = 0;
  for (let got = -1; got !== 0 && at < bytes.length; at += got)
    got = readSync(file, bytes, at, bytes.length - at, at);
  return bytes.subarray(0, at);
}

/** @throws Error of the system */
export function writeWhole(file: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}

/** So that files made, renamed or removed in it are so after a power cut too. @throws Error of the system */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Makes a file at least so long, of zeros, so that what is written there later needs no new space. Does nothing if there
 * is no space now. SQLite takes a rollback journal that begins with zeros for one of no transaction.
 */
export function reserve(path: string, bytes: number): void {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = fstatSync(file);
    if (size < bytes) writeWhole(file, Buffer.alloc(bytes - size), size);
  } catch (cause) {
    if (systemCodeOf(cause) !== "ENOSPC") throw cause;
  } finally {
    closeSync(file);
  }
}
