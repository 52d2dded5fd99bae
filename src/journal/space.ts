import { statfsSync } from "node:fs";
import type { Archive } from "./archive.ts";
import type { StoredRecord } from "./record.ts";
import { PAGE_BYTES } from "./schema.table.ts";

/** Blocks deleted in one transaction: some milliseconds, and a rollback journal well below its bound. */
export const DELETE_STEP = 64;

/** How far the archive may grow: up to its own bound, and not into what must stay free on the disk. */
export class Space {
  readonly #folder: string;
  readonly #maxPages: number;
  readonly #lowDiskBytes: number;
  #freeBytes = Infinity;

  constructor(folder: string, maxPages: number, lowDiskBytes: number) {
    this.#folder = folder;
    this.#maxPages = maxPages;
    this.#lowDiskBytes = lowDiskBytes;
    this.look();
  }

  /** Free space of the file system at the last look, bytes. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Less is free than is to stay free: only space of the archive's own is used. */
  get low(): boolean {
    return this.#freeBytes < this.#lowDiskBytes;
  }

  look(): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    this.#freeBytes = bavail * bsize;
  }

  /** Pages that may be written now: free ones in the file, and new ones. */
  room(archive: Archive): number {
    return archive.freePages + this.#growth(archive.pages);
  }

  /** Pages that could be written if every block were deleted, about. */
  capacity(archive: Archive): number {
    return archive.pages + this.#growth(archive.pages);
  }

  /** Pages of blocks that are more than the bound allows: it was lowered since they were written. */
  excess(archive: Archive): number {
    return Math.max(0, archive.pages - archive.freePages - this.#maxPages);
  }

  /** Pages of the file beyond its bound. */
  overhang(archive: Archive): number {
    return Math.max(0, archive.pages - this.#maxPages);
  }

  #growth(pages: number): number {
    const untilLow = Math.floor((this.#freeBytes - this.#lowDiskBytes) / PAGE_BYTES);
    return Math.max(0, Math.min(this.#maxPages - pages, untilLow));
  }
}

/** Blocks of what the intake holds take less than its records do, but each begins a page, and may end one. */
const MARGIN = 1.25;
/** Of the small tables and the index. */
const FIXED_PAGES = 16;

/** Pages that the archive may need to take over these records. */
export function pagesFor(records: readonly StoredRecord[], streams: number): number {
  const bytes = records.reduce((sum, { bytes: one }) => sum + one.length, 0);
  return Math.ceil((MARGIN * bytes) / PAGE_BYTES) + 2 * streams + FIXED_PAGES;
}

/** Bytes of records that the archive can take over if it has so many pages. */
export function bytesFor(pages: number, streams: number): number {
  return ((pages - 2 * streams - FIXED_PAGES) * PAGE_BYTES) / MARGIN;
}
