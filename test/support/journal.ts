import { createHash } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Journal, type JournalOptions } from "../../src/journal/index.ts";
import { BEFORE_ALL, encodeReading, type Cursor, type LostRange } from "../../src/message/index.ts";

const MIB = 1024 * 1024;
export const HOUR_US = 3_600_000_000;

/** A journal of the smallest size in a folder of its own, with clocks that only the test moves. */
export class JournalBench {
  readonly folder: string;
  readonly options: Partial<JournalOptions>;
  wallUs = 1_795_000_000_000_000;
  monotonicMs = 1_000;
  journal: Journal;

  constructor(folder: string, options: Partial<JournalOptions> = {}) {
    this.folder = folder;
    this.options = options;
    mkdirSync(folder, { recursive: true });
    this.journal = this.open().journal;
  }

  /** Opens the folder (or a copy of it) without closing what is open. */
  open(path = this.folder): ReturnType<typeof Journal.open> {
    return Journal.open({
      path,
      maxBytes: 4 * MIB,
      maxAgeMs: 7 * 24 * 3_600_000,
      lowDiskBytes: 0,
      now: () => this.wallUs,
      monotonicMs: () => this.monotonicMs,
      ...this.options,
    });
  }

  reopen(): ReturnType<typeof Journal.open> {
    this.journal.close();
    const opened = this.open();
    this.journal = opened.journal;
    return opened;
  }

  /** Opens what the disk has now, as after kill -9, and goes on with that. */
  crash(): ReturnType<typeof Journal.open> {
    const copy = join(this.folder, "..", "crashed");
    rmSync(copy, { recursive: true, force: true });
    cpSync(this.folder, copy, { recursive: true });
    this.journal.close();
    rmSync(this.folder, { recursive: true });
    cpSync(copy, this.folder, { recursive: true });
    const opened = this.open();
    this.journal = opened.journal;
    return opened;
  }

  passUs(us: number): void {
    this.wallUs += us;
    this.monotonicMs += us / 1_000;
  }

  /** Lets the archive take over what is in the intake: it does when that is old enough. */
  settle(): ReturnType<Journal["commit"]> {
    this.journal.commit();
    this.passUs(2 * HOUR_US);
    return this.journal.commit();
  }

  append(stream: string, epoch: number, seq: number): boolean {
    return this.journal.append(stream, epoch, seq, timeOf(seq), bodyOf(stream, epoch, seq));
  }

  /** Appends from one seq to another and commits. */
  fill(stream: string, epoch: number, from: number, to: number): void {
    for (let seq = from; seq <= to; seq++) this.append(stream, epoch, seq);
    this.journal.commit();
  }
}

/** When reading `seq` was taken: ten a second. */
export function timeOf(seq: number): number {
  return 1_795_000_000_000_000 + seq * 100_000;
}

/** The body of a reading follows from its number, so that a wrong one is seen; about 90 bytes. */
export function bodyOf(stream: string, epoch: number, seq: number): Buffer {
  const values = { temperature: 20 + (seq % 50) / 10, pressure: 1_013.25, of: stream };
  return encodeReading({ epoch, seq, time: timeOf(seq), clock: "synced", values });
}

/** Bytes that no compressor makes smaller; the same for the same seed. */
export function noise(bytes: number, seed: number): Buffer {
  const all = Buffer.alloc(Math.ceil(bytes / 32) * 32);
  for (let at = 0; at < all.length; at += 32)
    createHash("sha256").update(`${seed} ${at}`).digest().copy(all, at);
  return all.subarray(0, bytes);
}

export interface Everything {
  /** `epoch/seq` of every reading, in the order that they came. */
  readonly readings: readonly string[];
  readonly lost: readonly LostRange[];
  readonly next: Cursor;
}

/**
 * Reads a stream to its end, in steps.
 * @param expected what the body of a reading has to be
 * @throws Error if a body is another one
 */
export function readAll(
  journal: Journal,
  stream: string,
  after: Cursor = BEFORE_ALL,
  step = 1_000,
  expected = bodyOf,
): Everything {
  const readings: string[] = [];
  const lost: LostRange[] = [];
  let next = after;
  for (let more = true; more;) {
    const answer = journal.read(stream, next, { readings: step, bytes: 1_048_576 });
    for (const { epoch, seq, body } of answer.readings) {
      if (!body.equals(expected(stream, epoch, seq))) throw new Error(`${stream} ${epoch}/${seq} is wrong`);
      readings.push(`${epoch}/${seq}`);
    }
    lost.push(...answer.lost);
    ({ next, more } = answer);
  }
  return { readings, lost, next };
}

/** The names of readings as {@link readAll} gives them. */
export function numbers(epoch: number, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${epoch}/${from + i}`);
}
