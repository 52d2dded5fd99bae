import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isFinal, type CommandState } from "../message/index.ts";
import { decodeCommandRow, encodeCommandRow, type CommandRow } from "./command-row.ts";
import { rowChecksum } from "./damage.ts";

/** Bounds of the table. Only commands that have ended are forgotten, oldest first. */
export interface CommandBounds {
  readonly commands: number;
  readonly bytes: number;
}

interface Row {
  readonly id: string;
  readonly crc: number;
  readonly data: Uint8Array;
}

/** The table of commands in the archive. */
export class CommandTable {
  readonly #bounds: CommandBounds;
  readonly #statements: Record<Name, StatementSync>;

  constructor(database: DatabaseSync, bounds: CommandBounds) {
    this.#bounds = bounds;
    const statements = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(statements) as Record<Name, StatementSync>;
  }

  /** Writes newest states, in the transaction that is open, and forgets what is beyond the bounds. */
  put(rows: readonly CommandRow[]): void {
    for (const row of rows) {
      const data = encodeCommandRow(row);
      const final = isFinal(row.state) ? 1 : 0;
      const crc = rowChecksum([row.id], data);
      this.#statements.put.run(row.id, row.state, final, row.timeUs, data.length, crc, data);
    }
    if (rows.length > 0) this.#forget();
  }

  /** @returns undefined also for one whose row is damaged */
  get(id: string): CommandRow | undefined {
    const row = this.#statements.get.get(id) as Row | undefined;
    return row && decode(row);
  }

  /** Those that have not ended, oldest first. */
  open(): CommandRow[] {
    return decodeAll(this.#statements.open.all());
  }

  /** The newest first. */
  list(limit: number, state?: CommandState): CommandRow[] {
    const { ofState, newest } = this.#statements;
    return decodeAll(state === undefined ? newest.all(limit) : ofState.all(state, limit));
  }

  #forget(): void {
    const { commands, bytes } = this.#statements.totals.get() as { commands: number; bytes: number };
    let left = { commands, bytes };
    for (const { number, size } of this.#statements.ended.all() as unknown as Ended[]) {
      if (left.commands <= this.#bounds.commands && left.bytes <= this.#bounds.bytes) return;
      this.#statements.delete.run(number);
      left = { commands: left.commands - 1, bytes: left.bytes - size };
    }
  }
}

interface Ended {
  readonly number: number;
  readonly size: number;
}

function decodeAll(rows: readonly unknown[]): CommandRow[] {
  return rows.map((row) => decode(row as Row)).filter((row) => row !== undefined);
}

function decode({ id, crc, data }: Row): CommandRow | undefined {
  return rowChecksum([id], data) === crc ? decodeCommandRow(id, Buffer.from(data)) : undefined;
}

const ROW = "SELECT id, crc, data FROM command";
const STATEMENTS = {
  put: `INSERT INTO command (id, state, final, time_us, size, crc, data) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, final = excluded.final, time_us = excluded.time_us,
      size = excluded.size, crc = excluded.crc, data = excluded.data`,
  get: `${ROW} WHERE id = ?`,
  open: `${ROW} WHERE final = 0 ORDER BY number`,
  newest: `${ROW} ORDER BY number DESC LIMIT ?`,
  ofState: `${ROW} WHERE state = ? ORDER BY number DESC LIMIT ?`,
  totals: "SELECT count(*) AS commands, total(size) AS bytes FROM command INDEXED BY command_state",
  // In steps: one settling adds far fewer than this, so the bound is kept.
  ended:
    "SELECT number, size FROM command INDEXED BY command_state WHERE final = 1 ORDER BY number LIMIT 20000",
  delete: "DELETE FROM command WHERE number = ?",
} as const;
type Name = keyof typeof STATEMENTS;
