import { writeSync } from "node:fs";
import { Journal } from "../../src/journal/index.ts";
import { noise } from "./journal.ts";

/**
 * A process that writes a journal until it is killed: `journal-writer.ts <folder> <epoch>`. After each commit it says on
 * standard output up to where two streams are durable, one line a stream: only what is in the pipe counts as told.
 */
export const WRITER_BYTES = 4 * 1024 * 1024;

/** So large that the intake is settled, and the archive deletes, many times a second. */
export function writerBody(stream: string, epoch: number, seq: number): Buffer {
  return noise(32 * (1 + (seq % 40)), seq * 1_000 + epoch + stream.length);
}

if (process.argv[1] === import.meta.filename) {
  const [, , path = "", epoch = "1"] = process.argv;
  const { journal } = Journal.open({
    path,
    maxBytes: WRITER_BYTES,
    maxAgeMs: 3_600_000,
    lowDiskBytes: 0,
    now: () => Date.now() * 1_000,
  });
  write(journal, Number(epoch));
}

function write(journal: Journal, epoch: number): void {
  for (let seq = 1; ; seq++) {
    for (const stream of ["a", "bb"])
      journal.append(stream, epoch, seq, Date.now() * 1_000, writerBody(stream, epoch, seq));
    if (seq % 25 !== 0) continue;
    const { durable, fault } = journal.commit();
    if (fault) throw fault;
    for (const [stream, cursor] of durable) writeSync(1, `${stream} ${cursor.epoch} ${cursor.seq}\n`);
  }
}
