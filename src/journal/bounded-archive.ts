import { messageOf } from "../base/index.ts";
import { openArchive, quarantine, removeDamaged, type Quarantine } from "./archive-file.ts";
import type { Archive, Settlement } from "./archive.ts";
import { isDamage } from "./damage.ts";
import { Epochs } from "./epochs.ts";
import type { Sizes } from "./sizes.ts";
import { DELETE_STEP, Space } from "./space.ts";

export interface ArchiveBounds {
  readonly sizes: Sizes;
  readonly maxAgeMs: number;
  readonly lowDiskBytes: number;
  /** Commands that have ended and are kept. */
  readonly maxCommands: number;
}

/** Pages given back to the file system at once, when a bound was lowered. */
const SHRINK_PAGES = 1024;

/** The archive with its bounds: makes room by deleting what is oldest, and begins anew when the file turns out to be damaged. */
export class BoundedArchive {
  readonly space: Space;
  readonly epochs = new Epochs();
  readonly #folder: string;
  readonly #bounds: ArchiveBounds;
  readonly #deleted = new Map<string, number>();
  #archive: Archive;
  #quarantined: Quarantine | undefined;
  /** Blocks after this one were written since the start. */
  #newestAtStart: number;

  /** @throws an error of SQLite's or of the system, but never for damage */
  constructor(folder: string, bounds: ArchiveBounds) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.space = new Space(folder, bounds.sizes.maxPages, bounds.lowDiskBytes);
    this.#archive = this.#open();
    this.#newestAtStart = this.#archive.blocks.newestId();
  }

  /** What was moved aside, now or since the start. */
  get quarantined(): Quarantine | undefined {
    return this.#quarantined;
  }

  /** Readings that retention has deleted since this was last asked, by stream. */
  takeDeleted(): Map<string, number> {
    const taken = new Map(this.#deleted);
    this.#deleted.clear();
    return taken;
  }

  /** Counts readings that had to go before they came here. */
  countDeleted(counts: ReadonlyMap<string, number>): void {
    for (const [stream, count] of counts) this.#deleted.set(stream, (this.#deleted.get(stream) ?? 0) + count);
  }

  /**
   * Works with the archive. If the file turns out to be damaged it is moved aside and the work done again with a new one.
   * @throws what the work throws
   */
  use<T>(work: (archive: Archive) => T): T {
    try {
      return work(this.#archive);
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      this.#replace(messageOf(cause));
      return work(this.#archive);
    }
  }

  /** @throws an error of SQLite's */
  settle(settlement: Settlement): void {
    this.use((archive) => archive.settle(settlement, this.epochs));
  }

  /**
   * Deletes what is oldest until so many pages can be written.
   * @returns whether they can
   * @throws an error of SQLite's
   */
  makeRoom(pages: number): boolean {
    if (this.space.low) removeDamaged(this.#folder, 0);
    while (this.use((archive) => this.space.room(archive)) < pages) if (!this.#deleteOldest()) return false;
    return true;
  }

  /**
   * Deletes what is too old, and what is too much after a bound was lowered; a step at a time.
   * @throws an error of SQLite's
   */
  tidy(nowUs: number): void {
    this.#deleteOldest(nowUs - this.#bounds.maxAgeMs * 1_000);
    const { excess, overhang } = this.use((archive) => ({
      excess: this.space.excess(archive),
      overhang: this.space.overhang(archive),
    }));
    if (excess > 0) this.#deleteOldest();
    if (overhang > 0) this.use((archive) => archive.shrink(Math.min(overhang, SHRINK_PAGES)));
  }

  /** The clock was set by so much: what was written since the start is not older or younger for that. */
  shiftWritten(byUs: number): void {
    this.use((archive) => archive.shiftWritten(this.#newestAtStart, byUs));
  }

  close(): void {
    this.#archive.close();
  }

  #deleteOldest(writtenBeforeUs = Infinity): boolean {
    const deleted = this.use((archive) => archive.deleteOldest(DELETE_STEP, writtenBeforeUs));
    this.countDeleted(deleted);
    return deleted.size > 0;
  }

  #open(): Archive {
    const { sizes, maxCommands } = this.#bounds;
    const limits = {
      maxPages: sizes.maxPages,
      commands: { commands: maxCommands, bytes: sizes.commandBytes },
    };
    const load = (archive: Archive): void => archive.loadEpochs(this.epochs);
    const { archive, quarantined } = openArchive(this.#folder, limits, load);
    this.#quarantined = quarantined ?? this.#quarantined;
    return archive;
  }

  #replace(reason: string): void {
    this.#archive.close();
    this.#quarantined = quarantine(this.#folder, reason);
    this.#archive = this.#open();
    this.#newestAtStart = 0;
    // So that what was in the old file is reported as lost, range by range.
    this.epochs.saveAll();
  }
}
