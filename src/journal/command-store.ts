import { isFinal, type CommandState } from "../message/index.ts";
import type { CommandRow } from "./command-row.ts";
import type { CommandTable } from "./command-table.ts";

/** Commands on their way to the archive: put, then committed to the intake under a record's number, then settled. What is asked for here is durable. */
export class CommandStore {
  readonly #put = new Map<string, CommandRow>();
  readonly #committed = new Map<string, { row: CommandRow; number: number }>();

  put(row: CommandRow): void {
    this.#put.delete(row.id);
    this.#put.set(row.id, row);
  }

  /**
   * Newest states that no record holds yet, the oldest first.
   * @param bytes how much at most; at least one is given
   */
  uncommitted(bytes: number): CommandRow[] {
    const rows: CommandRow[] = [];
    let left = bytes;
    for (const row of this.#put.values()) {
      left -= row.envelope.length + row.progress.length;
      if (left < 0 && rows.length > 0) break;
      rows.push(row);
    }
    return rows;
  }

  /** A record with these is on the disk. */
  committed(rows: readonly CommandRow[], number: number): void {
    for (const row of rows) {
      if (this.#put.get(row.id) === row) this.#put.delete(row.id);
      this.#committed.set(row.id, { row, number });
    }
  }

  /** The archive has the records up to this number. */
  settled(number: number): void {
    for (const [id, entry] of this.#committed) if (entry.number <= number) this.#committed.delete(id);
  }

  /** A record had to go before it was settled: what it alone held is put again, for no command may be forgotten. */
  unsettle(number: number): void {
    for (const [id, entry] of this.#committed) {
      if (entry.number !== number) continue;
      if (!this.#put.has(id)) this.#put.set(id, entry.row);
    }
  }

  get(id: string, table: CommandTable): CommandRow | undefined {
    return this.#committed.get(id)?.row ?? table.get(id);
  }

  /** Those that have not ended, oldest first. */
  open(table: CommandTable): CommandRow[] {
    const archived = table.open().map((row) => this.#committed.get(row.id)?.row ?? row);
    const known = new Set(archived.map(({ id }) => id));
    const fresh = this.#fresh().filter(({ id }) => !known.has(id));
    return [...archived, ...fresh].filter(({ state }) => !isFinal(state));
  }

  /** The newest first. */
  list(limit: number, state: CommandState | undefined, table: CommandTable): CommandRow[] {
    const fresh = this.#fresh().toReversed();
    // As many more as may turn out to have a newer state here.
    const archived = table.list(limit + fresh.length, state).filter(({ id }) => !this.#committed.has(id));
    const wanted = fresh.filter((row) => state === undefined || row.state === state);
    return [...wanted, ...archived].slice(0, limit);
  }

  #fresh(): CommandRow[] {
    return Array.from(this.#committed.values(), ({ row }) => row);
  }
}
