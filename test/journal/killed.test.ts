import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { Journal } from "../../src/journal/index.ts";
import type { Cursor } from "../../src/message/index.ts";
import { readAll } from "../support/journal.ts";
import { WRITER_BYTES, writerBody } from "../support/journal-writer.ts";

/** In CI; the long form of the crash test sets more. */
const KILLS = Number(process.env["DUNLIN_KILLS"] ?? 10);

const WRITER = join(import.meta.dirname, "../support/journal-writer.ts");

/**
 * Lets a process write until it has told of some commits and then some moments more.
 * @returns up to where it said that each stream is durable
 */
async function writeAndKill(
  folder: string,
  epoch: number,
  lines: number,
  thenMs: number,
): Promise<Map<string, Cursor>> {
  const writer = spawn(process.execPath, [WRITER, folder, String(epoch)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const told = new Map<string, Cursor>();
  let count = 0;
  const output = createInterface(writer.stdout);
  output.on("line", (line) => {
    const [stream = "", ofEpoch, seq] = line.split(" ");
    told.set(stream, { epoch: Number(ofEpoch), seq: Number(seq) });
    if (++count === lines) setTimeout(() => writer.kill("SIGKILL"), thenMs);
  });
  const [code, signal] = (await once(writer, "close")) as [number | null, string | null];
  if (signal !== "SIGKILL") throw new Error(`the writer ended by itself: ${code ?? ""} ${signal ?? ""}`);
  return told;
}

t.test(
  `killed with -9 at any moment, ${KILLS} times: nothing that was told durable is missing`,
  async (t) => {
    const folder = join(t.testdir(), "j");
    let deleted = 0;
    for (let epoch = 1; epoch <= KILLS; epoch++) {
      const lines = 1 + Math.floor(Math.random() * 60);
      const told = await writeAndKill(folder, epoch, lines, Math.random() * 20);
      const { journal, quarantined } = Journal.open({
        path: folder,
        maxBytes: WRITER_BYTES,
        maxAgeMs: 3_600_000,
        lowDiskBytes: 0,
        now: () => Date.now() * 1_000,
      });
      t.equal(quarantined, undefined);
      for (const { stream, first, last, readings } of journal.streams()) {
        const durable = told.get(stream);
        const where = `${stream}, kill ${epoch}, told ${durable?.seq ?? 0}, has ${last.seq}`;
        t.ok(durable && last.epoch === epoch && last.seq >= durable.seq, where);
        // From the oldest on all is there, without a gap but at the ends of epochs that are not known to anybody.
        const from = { epoch: first?.epoch ?? 0, seq: (first?.seq ?? 1) - 1 };
        const all = readAll(journal, stream, from, 500, writerBody);
        t.same([all.lost, all.readings.length, all.next], [[], readings, last], where);
        if (from.seq > 0) deleted++;
      }
      t.ok(journal.status().bytes <= WRITER_BYTES);
      journal.close();
    }
    t.ok(deleted > 0, "retention was at work too");
  },
);
