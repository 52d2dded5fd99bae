import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ARCHIVE_LEVEL, compress, decompress } from "./compression.ts";
import type { Cursor } from "../message/index.ts";
import { rowChecksum } from "./damage.ts";
import { BLOCK_STATEMENTS as STATEMENTS } from "./block-statements.table.ts";
import { decodeRun, encodeRun, type PackedRun } from "./packed-run.ts";
import { bodyBytesOf, lastSeqOf, unpackRun, type Run } from "./run.ts";

/** A stream as the archive names it. */
export interface StreamKey {
  readonly id: number;
  readonly name: string;
}

/** A block ready to be written: compressed outside of the transaction. */
export interface Block {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly readings: number;
  readonly bodyBytes: number;
  readonly toUs: number;
  readonly data: Buffer;
}

interface BlockRow {
  readonly id: number;
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly readings: number;
  readonly body_bytes: number;
  readonly to_us: number;
  readonly crc: number;
  readonly data: Uint8Array;
}

/** What of the oldest blocks is counted when they are deleted. */
export interface OldBlock {
  readonly id: number;
  readonly stream: number;
  readonly readings: number;
  readonly body_bytes: number;
  readonly written_us: number;
}

interface Place {
  readonly id: number;
  readonly epoch: number;
  readonly first: number;
}

/** Decoded runs kept: a reader that takes a little at a time comes back to the same one. At most a megabyte each. */
const CACHED_RUNS = 2;
/** Bad blocks remembered, so that each is read and counted once. */
const MAX_BAD = 10_000;

/** Compresses a run. */
export function packBlock(run: PackedRun): Block {
  return {
    epoch: run.epoch,
    first: run.seqs[0] as number,
    last: lastSeqOf(run),
    readings: run.seqs.length,
    bodyBytes: bodyBytesOf(run),
    toUs: run.timesUs.reduce((latest, time) => Math.max(latest, time), 0),
    data: compress(encodeRun(run), ARCHIVE_LEVEL),
  };
}

/** The table of readings. Blocks are found by the index alone, so that a bad one is stepped over. */
export class BlockTable {
  readonly #statements: Record<Name, StatementSync>;
  readonly #cache = new Map<number, Run>();
  readonly #bad = new Set<number>();

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** Blocks in the table that were found damaged: their readings are reported as lost. */
  get bad(): number {
    return this.#bad.size;
  }

  insert(stream: StreamKey, block: Block, writtenUs: number): void {
    const { epoch, first, last, readings, bodyBytes, toUs, data } = block;
    const crc = rowChecksum([stream.name, epoch, first, last, readings, bodyBytes, toUs], data);
    const columns = [stream.id, epoch, first, last, readings, bodyBytes, toUs, Math.round(writtenUs), crc];
    this.#statements.insert.run(...columns, data);
  }

  /** The runs that reach beyond the cursor, in order, as the caller takes them; those that are damaged left out. */
  *runsAfter(stream: StreamKey, after: Cursor): IterableIterator<Run> {
    const { around, beyond } = this.#statements;
    let place = (around.get(stream.id, after.epoch, after.seq) ??
      beyond.get(stream.id, after.epoch, after.seq)) as Place | undefined;
    while (place) {
      const run = this.#read(stream, place.id);
      if (run) yield run;
      place = beyond.get(stream.id, place.epoch, place.first) as Place | undefined;
    }
  }

  /** The oldest reading of a stream, or undefined if there is none. */
  firstOf(stream: StreamKey): Cursor | undefined {
    const place = this.#statements.beyond.get(stream.id, 0, 0) as Place | undefined;
    return place && { epoch: place.epoch, seq: place.first };
  }

  /** Just before the first reading, in order, that is not older than `fromUs`. */
  cursorAt(stream: StreamKey, fromUs: number): Cursor | undefined {
    const place = this.#statements.since.get(stream.id, fromUs) as Place | undefined;
    if (!place) return undefined;
    const run = this.#read(stream, place.id);
    const index = run?.timesUs.findIndex((time) => time >= fromUs) ?? -1;
    return { epoch: place.epoch, seq: (index < 0 ? place.first : (run?.seqs[index] as number)) - 1 };
  }

  oldest(most: number): OldBlock[] {
    return this.#statements.oldest.all(most) as unknown as OldBlock[];
  }

  deleteUpTo(id: number): void {
    this.#statements.delete.run(id);
    for (const cached of this.#cache.keys()) if (cached <= id) this.#cache.delete(cached);
    for (const bad of this.#bad) if (bad <= id) this.#bad.delete(bad);
  }

  newestId(): number {
    return (this.#statements.newest.get() as { id: number | null }).id ?? 0;
  }

  /** The host's clock was set while these were written: what counts is how long ago that was. */
  shiftWritten(afterId: number, byUs: number): void {
    this.#statements.shift.run(Math.round(byUs), afterId);
  }

  /**
   * Reads the newest blocks, which a power cut is likeliest to have hit.
   * @param bytes how far back, about
   */
  checkNewest(nameOf: (id: number) => string | undefined, bytes: number): void {
    let left = bytes;
    for (let id = this.newestId(); id > 0 && left > 0; id--) {
      const row = this.#statements.upTo.get(id) as { id: number; stream: number; size: number } | undefined;
      if (!row) return;
      this.#read({ id: row.stream, name: nameOf(row.stream) ?? "" }, row.id);
      left -= row.size;
      id = row.id;
    }
  }

  #read(stream: StreamKey, id: number): Run | undefined {
    const cached = this.#cache.get(id);
    if (cached || this.#bad.has(id)) return cached;
    const run = this.#decode(stream, id);
    if (!run) {
      if (this.#bad.size < MAX_BAD) this.#bad.add(id);
      return undefined;
    }
    this.#cache.set(id, run);
    if (this.#cache.size > CACHED_RUNS) this.#cache.delete(this.#cache.keys().next().value as number);
    return run;
  }

  #decode(stream: StreamKey, id: number): Run | undefined {
    try {
      const row = this.#statements.read.get(id) as BlockRow | undefined;
      return row && decode(stream.name, row);
    } catch {
      // Whatever SQLite could not read of this row, the index may still lead to the next.
      return undefined;
    }
  }
}

/** @returns undefined if it is not what was written */
function decode(name: string, row: BlockRow): Run | undefined {
  const { epoch, first, last, readings, body_bytes, to_us, crc, data } = row;
  if (rowChecksum([name, epoch, first, last, readings, body_bytes, to_us], data) !== crc) return undefined;
  const run = unpackRun(decodeRun(decompress(data, body_bytes)));
  const asSaid = run.epoch === epoch && run.count === readings && lastSeqOf(run) === last;
  return asSaid ? run : undefined;
}

function prepare(database: DatabaseSync): Record<Name, StatementSync> {
  const statements = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(statements) as Record<Name, StatementSync>;
}

type Name = keyof typeof STATEMENTS;
