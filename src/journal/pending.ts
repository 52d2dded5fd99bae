import type { CommandRow } from "./command-row.ts";
import { isAfter, type Cursor } from "../message/index.ts";
import { itemsOf, type StoredRecord } from "./record.ts";
import { decodeRun, type PackedRun } from "./packed-run.ts";
import { bodyBytesOf, lastSeqOf, unpackRun, type Run } from "./run.ts";

/** What a record holds of one stream: a run of it, without the readings. */
export interface StreamPart {
  readonly stream: string;
  readonly first: Cursor;
  readonly last: Cursor;
  readonly readings: number;
  readonly bodyBytes: number;
}

interface Place extends StreamPart {
  readonly record: StoredRecord;
}

/** What records hold, by stream: runs to be decoded one stream after the other, for that takes much more memory. */
export interface Gathered {
  readonly streams: ReadonlyMap<string, readonly Buffer[]>;
  readonly commands: readonly CommandRow[];
}

/** The records that are in the intake and not yet in the archive, oldest first; compressed, so that a quarter of an hour of them fits in memory. */
export class Pending {
  #records: StoredRecord[] = [];
  readonly #places = new Map<string, Place[]>();
  #rawBytes = 0;

  get size(): number {
    return this.#records.length;
  }

  /** Bytes that the archive will have to compress. */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  get oldest(): StoredRecord | undefined {
    return this.#records[0];
  }

  get streamCount(): number {
    return this.#places.size;
  }

  /** @param parts what of the record is to be found, in order */
  push(record: StoredRecord, parts: readonly StreamPart[]): void {
    this.#records.push(record);
    this.#rawBytes += record.rawBytes;
    for (const part of parts) {
      const places = this.#places.get(part.stream);
      if (places) places.push({ ...part, record });
      else this.#places.set(part.stream, [{ ...part, record }]);
    }
  }

  /** What there is of a stream, a part a run. */
  partsOf(stream: string): readonly StreamPart[] {
    return this.#places.get(stream) ?? [];
  }

  /** The runs of a stream that reach beyond the cursor, in order, decoded as they are taken. */
  *runsAfter(stream: string, after: Cursor): IterableIterator<Run> {
    let record: StoredRecord | undefined;
    for (const place of this.#places.get(stream) ?? []) {
      if (place.record === record || !isAfter(place.last, after)) continue;
      ({ record } = place);
      for (const one of itemsOf(record).runs)
        if (one.stream === stream) yield unpackRun(decodeRun(one.bytes));
    }
  }

  /** Readings in a record, by stream. */
  countsOf(record: StoredRecord): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [stream, places] of this.#places)
      for (const { record: one, readings } of places)
        if (one === record) counts.set(stream, (counts.get(stream) ?? 0) + readings);
    return counts;
  }

  /** The oldest records, as many as take no more than so many bytes. */
  oldestWithin(bytes: number): readonly StoredRecord[] {
    let left = bytes;
    const end = this.#records.findIndex((record) => (left -= record.bytes.length) < 0);
    return end < 0 ? this.#records : this.#records.slice(0, end);
  }

  gather(records: readonly StoredRecord[]): Gathered {
    const streams = new Map<string, Buffer[]>();
    const commands: CommandRow[] = [];
    for (const record of records) {
      const items = itemsOf(record);
      commands.push(...items.commands);
      for (const { stream, bytes } of items.runs) {
        const runs = streams.get(stream);
        if (runs) runs.push(bytes);
        else streams.set(stream, [bytes]);
      }
    }
    return { streams, commands };
  }

  removeUpTo(number: number): void {
    const end = this.#records.findIndex((record) => record.number > number);
    const removed = this.#records.splice(0, end < 0 ? this.#records.length : end);
    for (const { rawBytes } of removed) this.#rawBytes -= rawBytes;
    for (const [stream, places] of this.#places) {
      const left = places.filter(({ record }) => record.number > number);
      if (left.length > 0) this.#places.set(stream, left);
      else this.#places.delete(stream);
    }
  }
}

export function partOf(stream: string, run: PackedRun): StreamPart {
  const { epoch, seqs } = run;
  const first = { epoch, seq: seqs[0] as number };
  const last = { epoch, seq: lastSeqOf(run) };
  return { stream, first, last, readings: seqs.length, bodyBytes: bodyBytesOf(run) };
}
