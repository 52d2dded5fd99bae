import type { DatabaseSync } from "node:sqlite";
import { damaged, rowChecksum } from "./damage.ts";
import { APPLICATION_ID, FORMAT_VERSION, PAGE_BYTES, SCHEMA } from "./schema.table.ts";

/**
 * Why each of these:
 * - locking_mode EXCLUSIVE: one journal a file; and no lock file calls, no re-reading of a cache that nobody else changes.
 * - journal_mode PERSIST: the rollback journal keeps its blocks, so that room can be made on a full disk; and pages that
 *   were free need no journal, so that most of what is written is written once (WAL writes all of it twice).
 * - synchronous FULL: settled means that the intake may be overwritten, so it has to be on the disk.
 * - auto_vacuum INCREMENTAL: only for a journal that was given a smaller bound; else free pages are used again.
 */
const SETTINGS = `
PRAGMA page_size = ${PAGE_BYTES};
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = PERSIST;
PRAGMA synchronous = FULL;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -1024;
`;

/** What the rollback journal is cut to after a transaction, bytes. */
export const ROLLBACK_BYTES = 512 * 1024;

/** Up to this size the whole file is checked at start: a second or two on a slow card. Beyond, only the small tables. */
const WHOLE_CHECK_PAGES = (16 * 1024 * 1024) / PAGE_BYTES;
const SMALL_TABLES = ["state", "stream", "epoch", "command"];

/**
 * Sets a database up, makes the tables of a new one and checks an old one.
 * @throws DunlinError `journal-damaged`, or an error of SQLite's
 */
export function beginDatabase(database: DatabaseSync, maxPages: number): void {
  database.exec(SETTINGS);
  database.exec(`PRAGMA journal_size_limit = ${ROLLBACK_BYTES}; PRAGMA max_page_count = ${maxPages}`);
  // The lock is taken by the first transaction and then kept: EXCLUSIVE.
  database.exec("BEGIN EXCLUSIVE");
  if (pragma(database, "page_count") <= 1) create(database);
  database.exec("COMMIT");
  checkIdentity(database);
  check(database);
}

function create(database: DatabaseSync): void {
  database.exec(SCHEMA);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}`);
  database.prepare("INSERT INTO state (id, settled, crc) VALUES (1, 0, ?)").run(rowChecksum([0]));
}

function checkIdentity(database: DatabaseSync): void {
  if (pragma(database, "application_id") !== APPLICATION_ID) throw damaged("not a journal of Dunlin");
  const version = pragma(database, "user_version");
  if (version !== FORMAT_VERSION)
    throw damaged(`a journal of format ${version}; this program writes ${FORMAT_VERSION}`);
}

function check(database: DatabaseSync): void {
  const statements = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
    .all();
  if (statements.map(({ sql }) => `${String(sql)};`).join("\n") !== SCHEMA.trim())
    throw damaged("the tables are not what they were made as");
  const whole = pragma(database, "page_count") <= WHOLE_CHECK_PAGES;
  const checks = whole ? ["quick_check(1)"] : SMALL_TABLES.map((table) => `quick_check(${table})`);
  for (const name of checks) {
    const found = database.prepare(`PRAGMA ${name}`).get()?.["quick_check"];
    if (found !== "ok") throw damaged(String(found));
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return database.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
