import { closeSync, constants, fdatasyncSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { findRecord, type StoredRecord } from "./record.ts";
import { encodeHead, findHead, readWhole, SLOT_BYTES, syncFolder, writeWhole } from "./slot-file.ts";

/** Where a record lies that the archive does not have yet. */
interface Extent {
  readonly number: number;
  readonly slot: number;
  readonly slots: number;
}

/**
 * The file that takes each commit first: a ring of slots, all allocated when it is made. A commit overwrites whole slots
 * in place and syncs once, so that the file system writes these very blocks and nothing of its own (docs/adr/0008).
 *
 *   head │ record ▒▒ │ record │ record ▒ │ … stale or free … │ head
 */
export class Intake {
  readonly #file: number;
  #slots = 0;
  #salt = 0;
  #next = 1;
  #live: Extent[] = [];
  #padded = Buffer.alloc(SLOT_BYTES);

  private constructor(file: number) {
    this.#file = file;
  }

  /**
   * Opens or makes the file and reads it. One that is new, or was cut short, has to be given a size by {@link format}
   * before anything is written.
   * @returns with every whole record found, by rising number, stale ones included
   * @throws Error of the system
   */
  static open(path: string): { intake: Intake; records: StoredRecord[] } {
    const intake = new Intake(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
    try {
      syncFolder(dirname(path));
      return { intake, records: intake.#recover() };
    } catch (cause) {
      intake.close();
      throw cause;
    }
  }

  /** Size of the file; 0 until it is formatted. */
  get bytes(): number {
    return this.#slots * SLOT_BYTES;
  }

  /** Where the checksum of a record for this file begins. */
  get salt(): number {
    return this.#salt;
  }

  /**
   * Gives the file a size and a new salt: every record in it is forgotten.
   * @throws Error of the system
   */
  format(bytes: number): void {
    const slots = Math.floor(bytes / SLOT_BYTES);
    const salt = Math.floor(Math.random() * 2 ** 32);
    const head = encodeHead({ slots, salt });
    ftruncateSync(this.#file, slots * SLOT_BYTES);
    // Slot by slot, so that the kernel caches pages of this size: a larger one would be counted whole when a slot of it
    // is written. The heads last: without them the file counts as new.
    const zeros = Buffer.alloc(SLOT_BYTES);
    for (let slot = 0; slot < slots; slot++) writeWhole(this.#file, zeros, slot * SLOT_BYTES);
    fsyncSync(this.#file);
    writeWhole(this.#file, head, 0);
    writeWhole(this.#file, head, (slots - 1) * SLOT_BYTES);
    fsyncSync(this.#file);
    this.#slots = slots;
    this.#salt = salt;
    this.#next = 1;
    this.#live = [];
  }

  /** @returns whether there is a place for it where no record lies that is still needed */
  fits(record: StoredRecord): boolean {
    const { slot, slots } = this.#place(record);
    const inside = slot + slots < this.#slots;
    return inside && !this.#live.some((one) => one.slot < slot + slots && slot < one.slot + one.slots);
  }

  /**
   * Writes one that fits, and syncs. After an error its place counts as free: the next try overwrites it.
   * @throws Error of the system
   */
  write(record: StoredRecord): void {
    const { slot, slots } = this.#place(record);
    writeWhole(this.#file, this.#pad(record, slots), slot * SLOT_BYTES);
    fdatasyncSync(this.#file);
    this.#live.push({ number: record.number, slot, slots });
    this.#next = slot + slots;
  }

  /** The records up to this number are no longer needed. */
  release(number: number): void {
    this.#live = this.#live.filter((one) => one.number > number);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** To whole slots, in a buffer that is used again for the next. */
  #pad({ bytes }: StoredRecord, slots: number): Buffer {
    const size = slots * SLOT_BYTES;
    if (this.#padded.length < size) this.#padded = Buffer.alloc(size);
    const padded = this.#padded.subarray(0, size);
    bytes.copy(padded);
    return padded.fill(0, bytes.length);
  }

  /** After the newest record, or from the start if it would reach the head at the end. */
  #place(record: StoredRecord): { slot: number; slots: number } {
    const slots = slotsOf(record);
    return { slot: this.#next + slots < this.#slots ? this.#next : 1, slots };
  }

  #recover(): StoredRecord[] {
    const bytes = readWhole(this.#file);
    const head = findHead(bytes);
    if (!head) return [];
    const found: { record: StoredRecord; slot: number; slots: number }[] = [];
    for (let slot = 1; slot * SLOT_BYTES < bytes.length;) {
      const record = findRecord(bytes, slot * SLOT_BYTES, head.salt);
      const slots = record ? slotsOf(record) : 1;
      if (record) found.push({ record, slot, slots });
      slot += slots;
    }
    found.sort((one, other) => one.record.number - other.record.number);
    this.#live = found.map(({ record, slot, slots }) => ({ number: record.number, slot, slots }));
    const newest = this.#live.at(-1);
    this.#next = newest ? newest.slot + newest.slots : 1;
    this.#salt = head.salt;
    this.#slots = head.slots * SLOT_BYTES === bytes.length ? head.slots : 0;
    return found.map(({ record }) => record);
  }
}

function slotsOf({ bytes }: StoredRecord): number {
  return Math.ceil(bytes.length / SLOT_BYTES);
}
