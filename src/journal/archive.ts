import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { beginDatabase, ROLLBACK_BYTES } from "./begin-database.ts";
import { BlockTable, type Block, type OldBlock } from "./block-table.ts";
import type { CommandRow } from "./command-row.ts";
import { CommandTable, type CommandBounds } from "./command-table.ts";
import { damaged, rowChecksum } from "./damage.ts";
import type { Epochs } from "./epochs.ts";
import { reserve } from "./slot-file.ts";
import { StreamTable } from "./stream-table.ts";

/**
 * SQLite would let everybody read what it makes; its rollback journal takes after it. One that is there is not touched:
 * to close it here would drop the locks that another journal of this process has on it.
 */
function makePrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "wx", 0o600));
}

interface EpochRow {
  readonly stream: number;
  readonly epoch: number;
  readonly last: number;
  readonly crc: number;
}

/** What the archive takes in one transaction. */
export interface Settlement {
  readonly blocks: ReadonlyMap<string, readonly Block[]>;
  readonly commands: readonly CommandRow[];
  /** Number of the newest record that is in it: what recovery then leaves out. */
  readonly number: number;
  readonly writtenUs: number;
}

/** The SQLite file: compressed blocks by stream, commands, and what is known of each stream and epoch. */
export class Archive {
  readonly streams: StreamTable;
  readonly blocks: BlockTable;
  readonly commands: CommandTable;
  readonly #database: DatabaseSync;
  #settled: number;

  private constructor(database: DatabaseSync, bounds: CommandBounds) {
    this.#database = database;
    this.streams = new StreamTable(database);
    this.blocks = new BlockTable(database);
    this.commands = new CommandTable(database, bounds);
    this.#settled = this.#readSettled();
  }

  /**
   * Opens or makes the file.
   * @param maxPages how large it may grow
   * @throws DunlinError `journal-damaged`, or an error of SQLite's
   */
  static open(path: string, maxPages: number, bounds: CommandBounds): Archive {
    makePrivate(path);
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      beginDatabase(database, maxPages);
      reserve(`${path}-journal`, ROLLBACK_BYTES);
      return new Archive(database, bounds);
    } catch (cause) {
      database.close();
      throw cause;
    }
  }

  /** Number of the newest record that is in the archive. */
  get settled(): number {
    return this.#settled;
  }

  get pages(): number {
    return this.#pragma("page_count");
  }

  /** Pages of the file that are free to be used again. */
  get freePages(): number {
    return this.#pragma("freelist_count");
  }

  /** What is kept of the epochs of each stream. @throws DunlinError `journal-damaged` */
  loadEpochs(epochs: Epochs): void {
    for (const row of this.#database.prepare("SELECT stream, epoch, last, crc FROM epoch").all()) {
      const { stream, epoch, last, crc } = row as unknown as EpochRow;
      const name = this.streams.byId(stream)?.name;
      if (name === undefined || crc !== rowChecksum([stream, epoch, last]))
        throw damaged(`checksum of an epoch of stream ${stream}`);
      epochs.restore(name, { epoch, seq: last });
    }
  }

  /** All or nothing. @throws an error of SQLite's */
  settle({ blocks, commands, number, writtenUs }: Settlement, epochs: Epochs): void {
    this.#transaction(() => {
      for (const [name, parts] of blocks)
        for (const block of parts) {
          const stream = this.streams.change(name, block);
          this.blocks.insert(stream, block, writtenUs);
        }
      this.#saveEpochs(epochs);
      this.commands.put(commands);
      this.#database.prepare("UPDATE state SET settled = ?, crc = ?").run(number, rowChecksum([number]));
    });
    this.#settled = number;
    epochs.saved();
  }

  /**
   * Deletes the oldest blocks.
   * @param most how many at most, so that it never takes long
   * @param writtenBeforeUs only those written before
   * @returns readings deleted, by stream
   * @throws an error of SQLite's
   */
  deleteOldest(most: number, writtenBeforeUs = Infinity): Map<string, number> {
    const deleted = new Map<string, number>();
    if (this.blocks.oldest(1).every(({ written_us }) => written_us >= writtenBeforeUs)) return deleted;
    const old = this.blocks.oldest(most);
    const end = old.findIndex(({ written_us }) => written_us >= writtenBeforeUs);
    const doomed = end < 0 ? old : old.slice(0, end);
    this.#transaction(() => this.#delete(doomed, deleted));
    return deleted;
  }

  /** The host's clock was set by so much while the blocks after this one were written. */
  shiftWritten(afterId: number, byUs: number): void {
    this.#transaction(() => this.blocks.shiftWritten(afterId, byUs));
  }

  /** Gives free pages at the end back to the file system. */
  shrink(pages: number): void {
    this.#database.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  close(): void {
    this.#database.close();
  }

  #delete(doomed: readonly OldBlock[], deleted: Map<string, number>): void {
    for (const { stream: id, readings, body_bytes } of doomed) {
      const stream = this.streams.byId(id);
      if (!stream) throw damaged(`block of stream ${id}, which there is not`);
      this.streams.change(stream.name, { readings: -readings, bodyBytes: -body_bytes, deleted: readings });
      deleted.set(stream.name, (deleted.get(stream.name) ?? 0) + readings);
    }
    this.blocks.deleteUpTo((doomed.at(-1) as OldBlock).id);
  }

  #saveEpochs(epochs: Epochs): void {
    const put = this.#database.prepare(
      "INSERT OR REPLACE INTO epoch (stream, epoch, last, crc) VALUES (?, ?, ?, ?)",
    );
    const forget = this.#database.prepare("DELETE FROM epoch WHERE stream = ? AND epoch < ?");
    for (const [name, { epoch, seq }] of epochs.unsaved()) {
      const stream = this.streams.get(name) ?? this.streams.change(name, {});
      put.run(stream.id, epoch, seq, rowChecksum([stream.id, epoch, seq]));
      const oldest = this.blocks.firstOf(stream)?.epoch ?? epoch;
      forget.run(stream.id, epochs.prune(name, oldest));
    }
  }

  #transaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (cause) {
      // SQLite has rolled back by itself after some errors (https://sqlite.org/lang_transaction.html).
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.streams.load();
      throw cause;
    }
  }

  #readSettled(): number {
    const { settled, crc } = this.#database.prepare("SELECT settled, crc FROM state WHERE id = 1").get() as {
      settled: number;
      crc: number;
    };
    if (crc !== rowChecksum([settled])) throw damaged("checksum of the state");
    return settled;
  }

  #pragma(name: string): number {
    return this.#database.prepare(`PRAGMA ${name}`).get()?.[name] as number;
  }
}
