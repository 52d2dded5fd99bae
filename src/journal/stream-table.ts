import type { DatabaseSync, StatementSync } from "node:sqlite";
import { damaged, rowChecksum } from "./damage.ts";

/** What the archive knows of a stream. */
export interface ArchivedStream {
  readonly id: number;
  readonly name: string;
  /** Readings in the archive, and the bytes of their bodies. */
  readonly readings: number;
  readonly bodyBytes: number;
  /** Readings that retention has deleted since the archive was begun. */
  readonly deleted: number;
}

/** What changes in a stream's counts. */
export type StreamChange = Partial<Pick<ArchivedStream, "readings" | "bodyBytes" | "deleted">>;

/** The table of streams, all of it in memory too: a host has hundreds at most. */
export class StreamTable {
  readonly #put: StatementSync;
  readonly #all: StatementSync;
  readonly #byName = new Map<string, ArchivedStream>();
  readonly #byId = new Map<number, ArchivedStream>();

  /** @throws DunlinError `journal-damaged`, or an error of SQLite's */
  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO stream (id, name, readings, body_bytes, deleted, crc) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#all = database.prepare(
      "SELECT id, name, readings, body_bytes, deleted, crc FROM stream ORDER BY id",
    );
    this.load();
  }

  get(name: string): ArchivedStream | undefined {
    return this.#byName.get(name);
  }

  byId(id: number): ArchivedStream | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<ArchivedStream> {
    return this.#byName.values();
  }

  /** Adds to a stream's counts, in the transaction that is open; a stream that is new gets its row. */
  change(name: string, change: StreamChange): ArchivedStream {
    const { id, readings, bodyBytes, deleted } = this.#byName.get(name) ?? {
      id: this.#byId.size + 1,
      readings: 0,
      bodyBytes: 0,
      deleted: 0,
    };
    const stream = {
      id,
      name,
      readings: readings + (change.readings ?? 0),
      bodyBytes: bodyBytes + (change.bodyBytes ?? 0),
      deleted: deleted + (change.deleted ?? 0),
    };
    const counts = [stream.readings, stream.bodyBytes, stream.deleted];
    this.#put.run(id, name, ...counts, rowChecksum([id, name, ...counts]));
    this.#hold(stream);
    return stream;
  }

  /** Reads the table anew: at the start, and after a transaction that came to nothing. */
  load(): void {
    this.#byName.clear();
    this.#byId.clear();
    for (const row of this.#all.all()) {
      const { id, name, readings, body_bytes, deleted, crc } = row as unknown as Row;
      if (crc !== rowChecksum([id, name, readings, body_bytes, deleted]))
        throw damaged(`checksum of stream ${id}`);
      this.#hold({ id, name, readings, bodyBytes: body_bytes, deleted });
    }
  }

  #hold(stream: ArchivedStream): void {
    this.#byName.set(stream.name, stream);
    this.#byId.set(stream.id, stream);
  }
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly readings: number;
  readonly body_bytes: number;
  readonly deleted: number;
  readonly crc: number;
}
