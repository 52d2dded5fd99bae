import type { DunlinError, Log } from "../base/index.ts";
import type { Quarantine } from "./archive-file.ts";
import type { Cursor } from "../message/index.ts";

/** How a journal is opened. */
export interface JournalOptions {
  /** Folder of its files, made if it is not there. Nobody else may write in it. */
  readonly path: string;
  /** Most bytes that its files take together, but for what was moved aside for damage. At least 4 MiB; the oldest readings go when it is full. */
  readonly maxBytes: number;
  /** Readings that were written longer ago are deleted; counted from when the archive took them over, within an hour of when they came. */
  readonly maxAgeMs: number;
  /** While less is free on the file system, the journal does not grow: it overwrites its oldest. */
  readonly lowDiskBytes: number;
  /** Wall clock, µs since 1970. It may be set while the journal is open. */
  readonly now: () => number;
  /** A clock that nobody sets, ms; replaced in tests. */
  readonly monotonicMs?: () => number;
  readonly log?: Log;
  /** Bytes of bodies held in memory until they are committed, 8 MiB by default; the oldest go when the disk cannot keep up. */
  readonly maxBufferedBytes?: number;
  /** Commands kept that have ended, 10 000 by default; the oldest are forgotten. Those that have not ended are all kept. */
  readonly maxCommands?: number;
}

/** What a commit came to. */
export interface CommitResult {
  /** Up to where each stream is durable that has readings in this commit. */
  readonly durable: ReadonlyMap<string, Cursor>;
  /** Durable readings that retention has deleted since the last commit, by stream. */
  readonly deleted: ReadonlyMap<string, number>;
  /** Why not everything could be written. What is in memory stays there, within its bound, and the next commit tries again. */
  readonly fault?: DunlinError;
}

/** A stream as the journal has it. */
export interface StreamSummary {
  readonly stream: string;
  /** The oldest reading that can be read; absent if there is none. */
  readonly first?: Cursor;
  /** The newest that is durable, be it still there or not. */
  readonly last: Cursor;
  /** Readings that can be read, and the bytes of their bodies. */
  readonly readings: number;
  readonly bodyBytes: number;
  /** Readings that retention deleted since the file was begun. */
  readonly deleted: number;
  /** Readings that the disk could not keep up with, since the start: never written. */
  readonly dropped: number;
}

/** How the journal is. */
export interface JournalStatus {
  /** Bytes of its files, of those moved aside too. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Free bytes of the file system. */
  readonly freeBytes: number;
  /** Less than `lowDiskBytes` is free: the journal does not grow. */
  readonly diskLow: boolean;
  /** Readings in memory that are not committed, and the bytes of their bodies. */
  readonly bufferedReadings: number;
  readonly bufferedBytes: number;
  /** Readings dropped from memory since the start. */
  readonly droppedReadings: number;
  /** Readings refused since the start, because they came out of order. */
  readonly refusedReadings: number;
  /** Blocks in the archive found damaged; their readings are reported as lost. */
  readonly damagedBlocks: number;
  /** What keeps it from writing; absent while all is well. */
  readonly fault?: DunlinError;
  /** A damaged file that was moved aside, at the start or since. */
  readonly quarantined?: Quarantine;
}
