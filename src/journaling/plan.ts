/** What the core hands the journal's process in its welcome. */
export interface JournalPlan {
  /** Folder of the journal's files. */
  readonly path: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** The journal does not grow while less is free on its file system. */
  readonly lowDiskBytes: number;
  /** Readings are committed at least this often, ms; 0: with each message. Commands are committed at once in any case. */
  readonly flushMs: number;
}
