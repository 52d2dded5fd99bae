import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A value by table and key. */
export interface Kept {
  readonly table: string;
  readonly key: string;
  /** Absent: deleted. */
  readonly value?: Uint8Array;
}

/**
 * WAL: a commit is one sequential write and one sync, and many small records of the same tables are written over and over.
 * synchronous FULL: what was told to be durable survives a power cut.
 */
const SETTINGS = `
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 4194304;
CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
`;

/** What a hub keeps beside readings, in a file of its own: small values by table and key, all read at start. */
export class KeptRecords {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  #waiting = new Map<string, Kept>();

  private constructor(path: string) {
    this.#database = new DatabaseSync(path);
    try {
      this.#database.exec(SETTINGS);
      const found = this.#database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
      if (found !== "ok") throw new Error(String(found));
      this.#put = this.#database.prepare("INSERT OR REPLACE INTO kept (kind, key, value) VALUES (?, ?, ?)");
      this.#delete = this.#database.prepare("DELETE FROM kept WHERE kind = ? AND key = ?");
    } catch (cause) {
      this.#database.close();
      throw cause;
    }
  }

  /** @returns the records, and where a damaged file was moved to, if it was */
  static open(folder: string): { readonly records: KeptRecords; readonly movedTo?: string } {
    const path = join(folder, "records.db");
    try {
      return { records: new KeptRecords(path) };
    } catch (cause) {
      // Of what is not there nothing can be damaged: the folder is the trouble.
      if (!existsSync(path)) throw cause;
      const movedTo = `${path}.damaged`;
      renameSync(path, movedTo);
      for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
      return { records: new KeptRecords(path), movedTo };
    }
  }

  /** Into memory; of several values of a key only the last is written. */
  put(record: Kept): void {
    this.#waiting.set(`${record.table}\n${record.key}`, record);
  }

  /** Makes all that was put durable. @throws an error of SQLite's; what was put stays */
  commit(): void {
    if (this.#waiting.size === 0) return;
    this.#database.exec("BEGIN");
    try {
      for (const { table, key, value } of this.#waiting.values())
        if (value) this.#put.run(table, key, value);
        else this.#delete.run(table, key);
      this.#database.exec("COMMIT");
    } catch (cause) {
      this.#database.exec("ROLLBACK");
      throw cause;
    }
    this.#waiting.clear();
  }

  /** All that is durable, table by table. */
  *all(): Generator<Kept> {
    const rows = this.#database.prepare("SELECT kind, key, value FROM kept ORDER BY kind, key").iterate();
    for (const { kind, key, value } of rows)
      yield { table: String(kind), key: String(key), value: value as Uint8Array };
  }

  /** Commits and closes. */
  close(): void {
    try {
      this.commit();
    } finally {
      this.#database.close();
    }
  }
}
