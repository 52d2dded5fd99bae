import type { Archive } from "./archive.ts";
import { BEFORE_ALL, type Cursor } from "../message/index.ts";
import type { StreamSummary } from "./options.ts";
import { collect, type Replay, type ReplayLimit } from "./replay.ts";
import type { Run } from "./run.ts";
import type { Store } from "./store.ts";

/** Reads what is durable of a stream: first from the archive, then what it has not taken over yet. */
export class Reader {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws an error of SQLite's, but never for damage */
  read(stream: string, after: Cursor, limit: ReplayLimit): Replay {
    const { archive } = this.#store;
    const known = archive.epochs.of(stream);
    return archive.use((file) => collect(after, this.#runsAfter(file, stream, after), known, limit));
  }

  /** @throws an error of SQLite's, but never for damage */
  cursorAt(stream: string, fromUs: number): Cursor {
    const { archive, pending } = this.#store;
    const archived = archive.use((file) => {
      const key = file.streams.get(stream);
      return key && file.blocks.cursorAt(key, fromUs);
    });
    if (archived) return archived;
    for (const run of pending.runsAfter(stream, BEFORE_ALL)) {
      const index = run.timesUs.findIndex((time) => time >= fromUs);
      if (index >= 0) return { epoch: run.epoch, seq: (run.seqs[index] as number) - 1 };
    }
    return archive.epochs.newestOf(stream) ?? BEFORE_ALL;
  }

  /** @throws an error of SQLite's, but never for damage */
  streams(dropped: ReadonlyMap<string, number>): StreamSummary[] {
    return Array.from(this.#store.archive.epochs.streams(), (stream) =>
      this.#summary(stream, dropped.get(stream) ?? 0),
    );
  }

  #summary(stream: string, dropped: number): StreamSummary {
    const { archive, pending } = this.#store;
    const archived = archive.use((file) => file.streams.get(stream));
    const parts = pending.partsOf(stream);
    const first = this.#first(stream);
    return {
      stream,
      ...(first && { first }),
      last: archive.epochs.newestOf(stream) ?? BEFORE_ALL,
      readings: parts.reduce((sum, part) => sum + part.readings, archived?.readings ?? 0),
      bodyBytes: parts.reduce((sum, part) => sum + part.bodyBytes, archived?.bodyBytes ?? 0),
      deleted: archived?.deleted ?? 0,
      dropped,
    };
  }

  #first(stream: string): Cursor | undefined {
    const { archive, pending } = this.#store;
    const archived = archive.use((file) => {
      const key = file.streams.get(stream);
      return key && file.blocks.firstOf(key);
    });
    return archived ?? pending.partsOf(stream)[0]?.first;
  }

  *#runsAfter(file: Archive, stream: string, after: Cursor): IterableIterator<Run> {
    const key = file.streams.get(stream);
    if (key) yield* file.blocks.runsAfter(key, after);
    yield* this.#store.pending.runsAfter(stream, after);
  }
}
