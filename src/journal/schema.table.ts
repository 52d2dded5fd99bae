/** "DNJ" and a digit: tells a journal from any other SQLite file. */
export const APPLICATION_ID = 0x444e_4a31;

/** Of the tables below and of what their columns mean. */
export const FORMAT_VERSION = 1;

export const PAGE_BYTES = 4096;

/**
 * A block is one compressed run of readings; its id rises, so the least is the oldest. `first`, `last`, `readings` and
 * `body_bytes` say what is in it without opening it; `crc` covers them, the stream's name and the data.
 * Every other row has a checksum of its own, because SQLite keeps none and all of them decide what is served as what.
 */
export const SCHEMA = `
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), settled INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE stream (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, readings INTEGER NOT NULL, body_bytes INTEGER NOT NULL,
  deleted INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE epoch (
  stream INTEGER NOT NULL, epoch INTEGER NOT NULL, last INTEGER NOT NULL, crc INTEGER NOT NULL,
  PRIMARY KEY (stream, epoch)) WITHOUT ROWID;
CREATE TABLE block (
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, epoch INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, readings INTEGER NOT NULL, body_bytes INTEGER NOT NULL, to_us INTEGER NOT NULL,
  written_us INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX block_order ON block (stream, epoch, first, to_us);
CREATE TABLE command (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, final INTEGER NOT NULL,
  time_us INTEGER NOT NULL, size INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX command_state ON command (final, number, size);
`;
