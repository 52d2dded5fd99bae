import { join } from "node:path";
import { DunlinError } from "../base/index.ts";
import { packBlock, type Block } from "./block-table.ts";
import { BoundedArchive, type ArchiveBounds } from "./bounded-archive.ts";
import type { Clocks } from "./clock-steps.ts";
import { CommandStore } from "./command-store.ts";
import { diskFault, noRoom } from "./disk-fault.ts";
import { Intake } from "./intake.ts";
import { decodeRun, MAX_BLOCK_BYTES, MAX_RUN_READINGS } from "./packed-run.ts";
import { partOf, Pending, type StreamPart } from "./pending.ts";
import { encodeRecord, itemsOf, type Batch, type StoredRecord } from "./record.ts";
import { mergeRuns } from "./run.ts";
import { bytesFor, pagesFor } from "./space.ts";

/** After the archive could not take over what is in the intake, the next try waits, ms: each costs a tenth of a second. */
const RETRY_MS = 10_000;
/** The archive takes over at least this often, so that the age of a slow stream's readings is known to the hour. */
const MAX_PENDING_MS = 3_600_000;

/**
 * What is durable: records in the intake, and what the archive has taken over from it.
 *
 *   batch ──write()──► intake (one synced write) ──settle()──► archive (one transaction, blocks by stream)
 *                        └─ the same records in memory: pending, for reading and for settling
 */
export class Store {
  readonly archive: BoundedArchive;
  readonly pending = new Pending();
  readonly commands = new CommandStore();
  readonly #folder: string;
  readonly #bounds: ArchiveBounds;
  readonly #clocks: Clocks;
  readonly #intake: Intake;
  #number: number;
  #retryAtMs = 0;
  #fault: DunlinError | undefined;

  private constructor(
    folder: string,
    bounds: ArchiveBounds,
    clocks: Clocks,
    archive: BoundedArchive,
    { intake, records }: ReturnType<typeof Intake.open>,
  ) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#clocks = clocks;
    this.archive = archive;
    this.#intake = intake;
    const settled = this.archive.use((file) => file.settled);
    this.#intake.release(settled);
    for (const record of records) if (record.number > settled) this.#recover(record);
    this.#number = Math.max(settled, records.at(-1)?.number ?? 0);
    this.#fitIntake();
  }

  /**
   * Opens or makes the files, and takes in what was committed last.
   * @throws an error of SQLite's or of the system, but never for damage
   */
  static open(folder: string, bounds: ArchiveBounds, clocks: Clocks): Store {
    const archive = new BoundedArchive(folder, bounds);
    try {
      const opened = Intake.open(join(folder, "journal.intake"));
      try {
        return new Store(folder, bounds, clocks, archive, opened);
      } catch (cause) {
        opened.intake.close();
        throw cause;
      }
    } catch (cause) {
      archive.close();
      throw cause;
    }
  }

  /** Why the archive cannot take over what is in the intake, if it cannot. */
  get fault(): DunlinError | undefined {
    return this.#fault;
  }

  get intakeBytes(): number {
    return this.#intake.bytes;
  }

  /**
   * Makes a batch durable.
   * @throws an error of the system: nothing of the batch counts as written
   */
  write(batch: Batch): void {
    const record = encodeRecord(this.#number + 1, this.#clocks.now(), batch, this.#intake.salt);
    if (!this.#intake.fits(record)) this.settle();
    while (!this.#intake.fits(record)) this.#giveUpOldest();
    this.#intake.write(record);
    this.#number = record.number;
    this.commands.committed(batch.commands, record.number);
    this.#hold(
      record,
      batch.runs.map(({ stream, run }) => partOf(stream, run)),
    );
  }

  /**
   * What need not be done at once: takes over to the archive, deletes what is too old.
   * @param clockStepUs by how much the wall clock was set since the last time
   */
  tidy(clockStepUs: number): void {
    this.archive.space.look();
    if (clockStepUs !== 0) this.#followClock(clockStepUs);
    if (this.#fault || this.#isDue()) this.settle();
    const tidied = this.#attempt(() => this.archive.tidy(this.#clocks.now()));
    if (tidied && this.pending.size === 0) this.#fault = undefined;
  }

  /** The archive takes over what is in the intake, or as much as there can be room for. Does nothing for a while after it failed. */
  settle(): void {
    if (this.pending.size === 0 || (this.#fault && this.#clocks.monotonicMs() < this.#retryAtMs)) return;
    this.#attempt(() => this.#settle());
  }

  close(): void {
    this.archive.close();
    this.#intake.close();
  }

  /** Nothing is older or younger because the clock was set. What waits in the intake is settled, under the new time. */
  #followClock(stepUs: number): void {
    this.#attempt(() => this.archive.shiftWritten(stepUs));
    this.settle();
  }

  #settle(): void {
    const streamCount = this.pending.streamCount;
    const capacity = this.archive.use((archive) => this.archive.space.capacity(archive));
    // No more than half of what can be there, so that a small archive is not emptied for one settling.
    const part = this.pending.oldestWithin(bytesFor(capacity / 2, streamCount));
    const newest = part.at(-1);
    if (!newest || !this.archive.makeRoom(pagesFor(part, streamCount))) throw noRoom(this.#folder);
    const { streams, commands } = this.pending.gather(part);
    const blocks = new Map(Array.from(streams, ([name, runs]) => [name, blocksOf(runs)]));
    this.archive.settle({ blocks, commands, number: newest.number, writtenUs: this.#clocks.now() });
    this.#forget(newest.number);
    this.#fault = undefined;
  }

  /** The archive has these, or they had to go. */
  #forget(number: number): void {
    this.pending.removeUpTo(number);
    this.#intake.release(number);
    this.commands.settled(number);
  }

  /** There is no other room left: as retention does with what is oldest. */
  #giveUpOldest(): void {
    const oldest = this.pending.oldest;
    if (!oldest) throw new DunlinError("internal", "a record larger than the journal's intake");
    this.archive.countDeleted(this.pending.countsOf(oldest));
    this.commands.unsettle(oldest.number);
    this.#forget(oldest.number);
  }

  #hold(record: StoredRecord, parts: readonly StreamPart[]): void {
    this.pending.push(record, parts);
    for (const { stream, last } of parts) this.archive.epochs.note(stream, last);
  }

  /** A record that was committed before this start and not settled. */
  #recover(record: StoredRecord): void {
    const { runs, commands } = itemsOf(record);
    this.#hold(
      record,
      runs.map(({ stream, bytes }) => partOf(stream, decodeRun(bytes))),
    );
    this.commands.committed(commands, record.number);
  }

  /** An intake that is new, was cut short or has another size than it is to have: what is in it goes to the archive first. */
  #fitIntake(): void {
    const { intakeBytes } = this.#bounds.sizes;
    if (this.#intake.bytes === intakeBytes) return;
    this.settle();
    if (this.pending.size === 0) this.#intake.format(intakeBytes);
    else if (this.#intake.bytes === 0) throw this.#fault;
  }

  #isDue(): boolean {
    const { sizes, maxAgeMs } = this.#bounds;
    const { oldest, rawBytes } = this.pending;
    const waitedMs = oldest ? (this.#clocks.now() - oldest.writtenUs) / 1_000 : 0;
    return rawBytes >= sizes.settleBytes || waitedMs > Math.min(MAX_PENDING_MS, maxAgeMs / 4);
  }

  /** @returns whether it came to its end */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (cause) {
      this.#fault = diskFault(cause, this.#folder);
      this.#retryAtMs = this.#clocks.monotonicMs() + RETRY_MS;
      return false;
    }
  }
}

function blocksOf(runs: readonly Buffer[]): Block[] {
  return mergeRuns(runs.map(decodeRun), MAX_BLOCK_BYTES, MAX_RUN_READINGS).map(packBlock);
}
