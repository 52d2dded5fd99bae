/** What the core hands the journal's process in its welcome. */
export interface JournalPlan {
  /**
   * `agent`: streams are devices of this epoch. `hub`: they are `<agent>/<device>` of whatever epoch, and records are kept
   * beside them.
   */
  readonly of: "agent" | "hub";
  /** Folder of the journal's files. */
  readonly path: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** The journal does not grow while less is free on its file system. */
  readonly lowDiskBytes: number;
  /** Readings are committed at least this often, ms; 0: with each message. Commands are committed at once in any case. */
  readonly flushMs: number;
}
