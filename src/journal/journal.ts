import { mkdirSync } from "node:fs";
import { DunlinError, monotonicMs, type Log } from "../base/index.ts";
import type { CommandState } from "../message/index.ts";
import { checkCommand, checkEntry } from "./admission.ts";
import { bytesIn, type Quarantine } from "./archive-file.ts";
import type { Archive } from "./archive.ts";
import { ClockSteps } from "./clock-steps.ts";
import type { CommandRow } from "./command-row.ts";
import { BEFORE_ALL, isAfter, type Cursor } from "../message/index.ts";
import { diskFault } from "./disk-fault.ts";
import { EntryBuffer } from "./entry-buffer.ts";
import type { CommitResult, JournalOptions, JournalStatus, StreamSummary } from "./options.ts";
import { Reader } from "./reader.ts";
import type { Replay, ReplayLimit } from "./replay.ts";
import { lastSeqOf } from "./run.ts";
import { sizesFor } from "./sizes.ts";
import { Store } from "./store.ts";

/** Bytes of commands in one record, beside its readings. */
const COMMAND_BYTES = 256 * 1024;
const DEFAULT_BUFFERED_BYTES = 8 * 1024 * 1024;
const DEFAULT_COMMANDS = 10_000;

/**
 * The agent's store of readings and commands on disk. Readings are taken into memory by `append`, made durable by
 * `commit`, and read from a cursor by `read`; what is missing on the way is said, never passed over.
 *
 *   const { journal, quarantined } = Journal.open({ path, maxBytes, … });
 *   journal.append("thermometer", epoch, seq, timeUs, body);
 *   const { durable } = journal.commit();
 *   const { readings, lost, next } = journal.read("thermometer", cursor, { readings: 10_000, bytes: 1 << 20 });
 *
 * Every call that touches the disk does so at once and waits for it: the journal belongs in a process of its own.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #log: Log | undefined;
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #buffer: EntryBuffer;
  readonly #steps: ClockSteps;
  /** Newest reading taken, by stream. */
  readonly #newest = new Map<string, Cursor>();
  #refused = 0;
  #fault: DunlinError | undefined;
  #closed = false;

  private constructor(options: JournalOptions) {
    const { path, maxAgeMs, lowDiskBytes, now } = options;
    this.#options = options;
    this.#log = options.log;
    this.#buffer = new EntryBuffer(options.maxBufferedBytes ?? DEFAULT_BUFFERED_BYTES);
    const clocks = { now, monotonicMs: options.monotonicMs ?? monotonicMs };
    this.#steps = new ClockSteps(clocks);
    const bounds = { maxAgeMs, lowDiskBytes, maxCommands: options.maxCommands ?? DEFAULT_COMMANDS };
    this.#store = Store.open(path, { ...bounds, sizes: sizesFor(options.maxBytes) }, clocks);
    this.#reader = new Reader(this.#store);
    const { epochs } = this.#store.archive;
    for (const stream of epochs.streams()) this.#newest.set(stream, epochs.newestOf(stream) ?? BEFORE_ALL);
  }

  /**
   * Opens the journal in a folder, or begins one. Damage never keeps it from opening: a damaged file is moved aside as
   * `journal.damaged-<n>`, of which the newest two stay, and a new one begun; what had been committed last and not yet
   * settled is still there.
   * @returns the journal, and what was moved aside, if anything
   * @throws DunlinError `config-invalid` if maxBytes is too small; `state-unwritable` if the folder cannot be written or
   *   another process has the journal open; `disk-full`, `disk-failed` if there is no place to begin one
   */
  static open(options: JournalOptions): { journal: Journal; quarantined?: Quarantine } {
    try {
      mkdirSync(options.path, { recursive: true, mode: 0o700 });
      const journal = new Journal(options);
      const { quarantined } = journal.#store.archive;
      return quarantined ? { journal, quarantined } : { journal };
    } catch (cause) {
      throw diskFault(cause, options.path);
    }
  }

  /**
   * Takes a reading into memory; nothing is written.
   * @param body as published; kept until the next commit, so it must not be written to
   * @returns false if it is not newer than the newest of its stream: refused, and counted
   * @throws DunlinError `message-invalid`, `message-too-large`
   */
  append(stream: string, epoch: number, seq: number, timeUs: number, body: Buffer): boolean {
    const entry = { epoch, seq, timeUs, body };
    checkEntry(stream, entry);
    if (this.#closed || !isAfter(entry, this.#newest.get(stream) ?? BEFORE_ALL)) {
      this.#refused++;
      return false;
    }
    this.#newest.set(stream, { epoch, seq });
    this.#buffer.push(stream, entry);
    return true;
  }

  /**
   * Takes a command's newest state into memory; the next commit writes it.
   * @throws DunlinError `message-too-large`
   */
  putCommand(envelope: Buffer, progress: Buffer, id: string, state: CommandState, timeUs: number): void {
    const row = { id, state, timeUs, envelope, progress };
    checkCommand(row);
    if (!this.#closed) this.#store.commands.put(row);
  }

  /**
   * Makes all that was taken durable, and does what is due besides: settling, retention. Never throws for the disk's
   * sake: what could not be written stays in memory, and `fault` says why.
   */
  commit(): CommitResult {
    const durable = new Map<string, Cursor>();
    if (this.#closed) return { durable, deleted: new Map() };
    this.#setFault(this.#tryCommit(durable));
    const deleted = this.#store.archive.takeDeleted();
    return this.#fault ? { durable, deleted, fault: this.#fault } : { durable, deleted };
  }

  /**
   * Durable readings of a stream after a cursor, in order, and what is missing between them.
   * @param after BEFORE_ALL for everything, the ranges that retention has deleted included
   * @throws DunlinError `disk-failed` if the disk does not give them
   */
  read(stream: string, after: Cursor, limit: ReplayLimit): Replay {
    return this.#asking((reader) => reader.read(stream, after, limit));
  }

  /**
   * The cursor just before the first reading, in order, that is not older than `fromUs`; after the newest if all are.
   * @throws DunlinError `disk-failed`
   */
  readByTime(stream: string, fromUs: number): Cursor {
    return this.#asking((reader) => reader.cursorAt(stream, fromUs));
  }

  /** Every stream that ever had a durable reading here. @throws DunlinError `disk-failed` */
  streams(): StreamSummary[] {
    return this.#asking((reader) => reader.streams(this.#buffer.dropped));
  }

  /** Commands that have not ended, the oldest first: at start, those that the last run left. @throws DunlinError `disk-failed` */
  openCommands(): CommandRow[] {
    return this.#asking((_, file) => this.#store.commands.open(file.commands));
  }

  /** A command's newest durable state. @throws DunlinError `disk-failed` */
  getCommand(id: string): CommandRow | undefined {
    return this.#asking((_, file) => this.#store.commands.get(id, file.commands));
  }

  /** Commands, the newest first. @throws DunlinError `disk-failed` */
  listCommands(wanted: { limit: number; state?: CommandState }): CommandRow[] {
    return this.#asking((_, file) => this.#store.commands.list(wanted.limit, wanted.state, file.commands));
  }

  status(): JournalStatus {
    const { archive, intakeBytes } = this.#store;
    const { path, maxBytes } = this.#options;
    return {
      bytes: intakeBytes + bytesIn(path),
      maxBytes,
      freeBytes: archive.space.freeBytes,
      diskLow: archive.space.low,
      bufferedReadings: this.#buffer.size,
      bufferedBytes: this.#buffer.bytes,
      droppedReadings: this.#buffer.dropped.values().reduce((sum, count) => sum + count, 0),
      refusedReadings: this.#refused,
      damagedBlocks: archive.use((file) => file.blocks.bad),
      ...(this.#fault && { fault: this.#fault }),
      ...(archive.quarantined && { quarantined: archive.quarantined }),
    };
  }

  /** Commits and closes the files. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.commit();
    this.#closed = true;
    this.#store.close();
  }

  #tryCommit(durable: Map<string, Cursor>): DunlinError | undefined {
    let fault: DunlinError | undefined;
    try {
      while (this.#writeNext(durable));
    } catch (cause) {
      fault = diskFault(cause, this.#options.path);
    }
    this.#store.tidy(this.#steps.take());
    return fault ?? this.#store.fault;
  }

  /** @returns false if there was nothing left to write */
  #writeNext(durable: Map<string, Cursor>): boolean {
    const commands = this.#store.commands.uncommitted(COMMAND_BYTES);
    const { runs, count } = this.#buffer.peek();
    if (count === 0 && commands.length === 0) return false;
    this.#store.write({ runs, commands });
    this.#buffer.take(count);
    for (const { stream, run } of runs) durable.set(stream, { epoch: run.epoch, seq: lastSeqOf(run) });
    return true;
  }

  #asking<T>(ask: (reader: Reader, file: Archive) => T): T {
    if (this.#closed) throw new DunlinError("internal", "the journal is closed");
    try {
      return this.#store.archive.use((file) => ask(this.#reader, file));
    } catch (cause) {
      throw diskFault(cause, this.#options.path);
    }
  }

  #setFault(fault: DunlinError | undefined): void {
    if (fault?.code !== this.#fault?.code) {
      if (fault) this.#log?.error(fault.message, { code: fault.code });
      else this.#log?.info("the journal writes again");
    }
    this.#fault = fault;
  }
}
