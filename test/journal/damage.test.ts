import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t from "tap";
import type { Journal } from "../../src/journal/index.ts";
import { BEFORE_ALL } from "../../src/message/index.ts";
import { JournalBench, noise, numbers, readAll } from "../support/journal.ts";

/**
 * A journal with a settled part and an unsettled one, closed, to be damaged in copies.
 *   a: 1/1..900 settled in three blocks, 1/901..960 in the intake   b: 1/1..60 settled
 */
function prepare(folder: string): JournalBench {
  const bench = new JournalBench(join(folder, "sound"));
  for (let from = 1; from < 900; from += 300) {
    bench.fill("a", 1, from, from + 299);
    bench.fill("b", 1, from, from + 19);
    bench.settle();
  }
  for (let seq = 901; seq <= 960; seq += 20) bench.fill("a", 1, seq, seq + 19);
  bench.journal.close();
  return bench;
}

const NEWEST = 960;

/** Opens a copy with other files in place, and closes it when `look` is done. */
function withFiles<T>(
  bench: JournalBench,
  files: Readonly<Record<string, Buffer>>,
  look: (opened: ReturnType<JournalBench["open"]>, folder: string) => T,
): T {
  const copy = `${bench.folder}-copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(bench.folder, copy, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(copy, name), bytes);
  const opened = bench.open(copy);
  try {
    return look(opened, copy);
  } finally {
    opened.journal.close();
  }
}

/** Nothing wrong, nothing twice, nothing out of order (readAll looks at the bodies), and every seq given or said to be lost. */
function isSound(journal: Journal): boolean {
  const { readings, lost } = readAll(journal, "a");
  const seqs = readings.map((name) => Number(name.slice(2)));
  const missing = lost.flatMap(({ from, to = from }) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
  const last = journal.streams().find(({ stream }) => stream === "a")?.last.seq ?? 0;
  const all = [...seqs, ...missing].toSorted((one, other) => one - other);
  const rising = seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] as number));
  return rising && last <= NEWEST && all.length === last && all.every((seq, i) => seq === i + 1);
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

t.test("the last write cut at every byte: what was committed before is there", async (t) => {
  const bench = prepare(t.testdir());
  const path = join(bench.folder, "journal.intake");
  const before = readFileSync(path);
  const { journal } = bench.open();
  journal.append("a", 1, 961, 1, Buffer.from("the last"));
  journal.commit();
  journal.close();
  const after = readFileSync(path);
  const start = before.findIndex((byte, at) => byte !== after[at]) & ~4095;
  const length = 32 + after.readUInt32LE(start + 24);
  writeFileSync(path, before);
  let whole = 0;
  for (let cut = 0; cut <= length; cut++) {
    const torn = Buffer.from(before);
    after.copy(torn, start, start, start + cut);
    const count = withFiles(bench, { "journal.intake": torn }, ({ journal: opened, quarantined }) => {
      t.equal(quarantined, undefined);
      const last = opened.read("a", { epoch: 1, seq: NEWEST }, { readings: 9, bytes: 999 });
      if (last.readings.length > 0) whole++;
      return last.readings.length === 0 ? readAll(opened, "a").readings.length : NEWEST;
    });
    if (count !== NEWEST) t.equal(count, NEWEST, `cut at byte ${cut}`);
  }
  t.equal(whole, 1, "only the whole of it counts");
});

t.test("the intake cut anywhere, or gone: the archive is there, and it goes on", async (t) => {
  const bench = prepare(t.testdir());
  const intake = readFileSync(join(bench.folder, "journal.intake"));
  for (const length of [0, 1, 15, 4_095, 4_096, 4_097, 8_192, 12_000, 16_384, intake.length - 1])
    withFiles(bench, { "journal.intake": intake.subarray(0, length) }, ({ journal }) => {
      t.ok(isSound(journal), `${length} bytes`);
      t.ok(readAll(journal, "a").readings.length >= 900);
      journal.append("a", 2, 1, 1, Buffer.from("next"));
      t.match(journal.commit(), { fault: undefined, durable: new Map([["a", { epoch: 2, seq: 1 }]]) });
    });
});

t.test("the archive cut anywhere: it opens, and serves nothing wrong", async (t) => {
  const bench = prepare(t.testdir());
  const archive = readFileSync(join(bench.folder, "journal.db"));
  let moved = 0;
  for (let length = 0; length < archive.length; length += 1_361) {
    const file = archive.subarray(0, length);
    withFiles(bench, { "journal.db": file }, ({ journal, quarantined }, folder) => {
      t.ok(isSound(journal), `${length} bytes`);
      if (!quarantined) return;
      moved++;
      t.ok(readFileSync(quarantined.path).subarray(0, 16).equals(file.subarray(0, 16)));
      t.notOk(existsSync(join(folder, "journal.damaged-2")));
      t.same(journal.status().quarantined, quarantined);
    });
  }
  t.ok(moved > 20, `${moved} moved aside`);
});

t.test("a bit flipped anywhere: it opens, and serves nothing wrong", async (t) => {
  const bench = prepare(t.testdir());
  let costly = 0;
  for (const name of ["journal.db", "journal.intake"]) {
    const bytes = readFileSync(join(bench.folder, name));
    const used = bytes.keys().filter((at) => bytes[at] !== 0 || (bytes[at - 1] ?? 0) !== 0);
    for (const [i, at] of used.toArray().entries()) {
      if (i % 29 !== 0) continue;
      withFiles(bench, { [name]: flipped(bytes, at, i % 8) }, ({ journal, quarantined }) => {
        if (!isSound(journal)) t.fail(`${name}, byte ${at}, bit ${i % 8}`);
        if (quarantined || readAll(journal, "a").readings.length < NEWEST) costly++;
      });
    }
  }
  t.ok(costly > 50, `${costly} of the flips cost something`);
});

t.test("a bad block costs its own readings, says so, and is counted", async (t) => {
  const bench = prepare(t.testdir());
  const database = new DatabaseSync(join(bench.folder, "journal.db"));
  const { data } = database.prepare("SELECT data FROM block WHERE first = 301").get() as { data: Uint8Array };
  const wrong = flipped(Buffer.from(data), 100, 0);
  database.prepare("UPDATE block SET data = ? WHERE first = 301").run(wrong);
  database.prepare("UPDATE block SET last = 899 WHERE first = 601 AND stream = 1").run();
  database.close();
  const { journal, quarantined } = bench.open();
  t.equal(quarantined, undefined);
  t.same(readAll(journal, "a"), {
    readings: [...numbers(1, 1, 300), ...numbers(1, 901, 960)],
    lost: [{ epoch: 1, from: 301, to: 900 }],
    next: { epoch: 1, seq: 960 },
  });
  t.equal(journal.status().damagedBlocks, 2);
  t.match(journal.readByTime("a", 0), { epoch: 1, seq: 0 });
  journal.close();
});

t.test("blocks under another stream's name are not that stream's", async (t) => {
  const bench = prepare(t.testdir());
  const database = new DatabaseSync(join(bench.folder, "journal.db"));
  database.exec("UPDATE block SET stream = 3 - stream");
  database.close();
  const { journal } = bench.open();
  t.same(readAll(journal, "b").readings, []);
  t.same(readAll(journal, "a").readings, numbers(1, 901, 960));
  journal.close();
});

t.test(
  "a file that is no journal, or one of another program, is moved aside; two of them are kept",
  async (t) => {
    const bench = prepare(t.testdir());
    const path = join(bench.folder, "journal.db");
    const reasons: string[] = [];
    for (const content of [
      "text",
      Buffer.alloc(8_192, 0xff),
      foreign(join(bench.folder, "..", "other.db")),
    ]) {
      writeFileSync(path, content);
      const { journal, quarantined } = bench.open();
      reasons.push(quarantined?.reason ?? "");
      t.same(readAll(journal, "a", { epoch: 1, seq: 900 }).readings, numbers(1, 901, 960));
      journal.close();
    }
    t.match(reasons, [/not a database/, /not a database/, /not a journal/]);
    t.same(
      readdirSync(bench.folder).filter((name) => name.includes("damaged")),
      ["journal.damaged-2", "journal.damaged-3"],
    );
  },
);

function foreign(path: string): Buffer {
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE other (x)");
  database.close();
  return readFileSync(path);
}

t.test("power cut in the middle of a transaction: it is undone, whatever part was written", async (t) => {
  const bench = prepare(t.testdir());
  const half = join(bench.folder, "..", "half");
  cpSync(bench.folder, half, { recursive: true });
  // A cache of one page, so that changed pages go to the file before the transaction ends.
  const database = new DatabaseSync(join(half, "journal.db"));
  database.exec("PRAGMA journal_mode = PERSIST; PRAGMA cache_size = 1; BEGIN");
  database.exec(
    "UPDATE block SET data = zeroblob(length(data)), last = 1; UPDATE stream SET name = name || '!'",
  );
  const [archive, rollback] = ["journal.db", "journal.db-journal"].map((name) =>
    readFileSync(join(half, name)),
  );
  database.exec("ROLLBACK");
  database.close();
  const sound = readFileSync(join(bench.folder, "journal.db"));
  t.notOk(archive?.equals(sound), "pages were written");
  for (let cut = 0; cut <= sound.length; cut += 2_053) {
    const torn = Buffer.from(sound);
    archive?.copy(torn, 0, 0, cut);
    withFiles(
      bench,
      { "journal.db": torn, "journal.db-journal": rollback as Buffer },
      ({ journal, quarantined }) => {
        t.equal(quarantined, undefined);
        t.same(readAll(journal, "a").readings.length, NEWEST, `${cut} bytes written`);
      },
    );
  }
});

t.test("damage that shows while it runs: a new file is begun, and what is lost is said", async (t) => {
  const bench = new JournalBench(t.testdir());
  const body = (_: string, __: number, seq: number): Buffer => noise(1_000, seq);
  // More than SQLite keeps in memory.
  for (let seq = 1; seq <= 1_800; seq++) {
    bench.journal.append("a", 1, seq, seq, body("a", 1, seq));
    if (seq % 200 === 0) bench.settle();
  }
  t.match(bench.journal.streams(), [{ readings: 1_800 }]);
  const path = join(bench.folder, "journal.db");
  writeFileSync(path, Buffer.alloc(readFileSync(path).length, 0x5a));
  const first = readAll(bench.journal, "a", BEFORE_ALL, 100, body);
  const missing = first.lost.reduce((sum, { from, to = from }) => sum + to - from + 1, 0);
  t.ok(missing > 0);
  t.equal(first.readings.length + missing, 1_800);
  bench.journal.append("a", 1, 1_801, 1, body("a", 1, 1_801));
  t.equal(bench.settle().fault, undefined);
  bench.reopen();
  t.match(bench.journal.status().quarantined, { path: /journal\.damaged-1$/ });
  const { readings, lost } = readAll(bench.journal, "a", { epoch: 1, seq: 5 }, 100, body);
  t.equal(readings.at(-1), "1/1801");
  t.equal(lost[0]?.from, 6);
  bench.journal.close();
});
