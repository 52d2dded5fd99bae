import t from "tap";
import type { CommandState } from "../../src/message/index.ts";
import { readAll, JournalBench, noise, numbers } from "../support/journal.ts";

function put(bench: JournalBench, id: string, state: CommandState, bytes = 20): void {
  const envelope = noise(bytes, id.length);
  bench.journal.putCommand(envelope, Buffer.from(`${id} ${state}`), id, state, bench.wallUs);
}

function ids(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

t.test("a command's newest state is kept, with what was asked for", async (t) => {
  const bench = new JournalBench(t.testdir());
  put(bench, "x", "accepted");
  t.equal(bench.journal.getCommand("x"), undefined, "not before it is committed");
  bench.journal.commit();
  put(bench, "x", "running");
  put(bench, "x", "succeeded");
  bench.journal.commit();
  const { wallUs } = bench;
  const isThere = (when: string): void => {
    const row = bench.journal.getCommand("x");
    t.match(row, { id: "x", state: "succeeded", timeUs: wallUs }, when);
    t.same([row?.envelope, row?.progress], [noise(20, 1), Buffer.from("x succeeded")]);
  };
  isThere("in the intake");
  bench.reopen();
  isThere("after a start");
  bench.settle();
  isThere("settled");
  bench.reopen();
  isThere("settled, after a start");
  t.equal(bench.journal.getCommand("y"), undefined);
  bench.journal.close();
});

t.test("those that have not ended are there after kill -9, oldest first, and no others", async (t) => {
  const bench = new JournalBench(t.testdir({ j: {} }) + "/j");
  put(bench, "first", "running");
  put(bench, "done", "accepted");
  bench.settle();
  put(bench, "done", "failed");
  put(bench, "second", "accepted");
  bench.journal.commit();
  put(bench, "never", "accepted");
  bench.crash();
  t.same(ids(bench.journal.openCommands()), ["first", "second"]);
  put(bench, "first", "failed");
  bench.settle();
  bench.crash();
  t.same(ids(bench.journal.openCommands()), ["second"]);
  bench.journal.close();
});

t.test("listed newest first, by state, settled or not", async (t) => {
  const bench = new JournalBench(t.testdir());
  for (const id of ["a", "b", "c", "d"]) put(bench, id, "succeeded");
  put(bench, "e", "accepted");
  bench.settle();
  put(bench, "b", "failed");
  put(bench, "f", "failed");
  bench.journal.commit();
  const list = (limit: number, state?: CommandState): string[] =>
    ids(bench.journal.listCommands(state === undefined ? { limit } : { limit, state }));
  t.same(list(9, "failed"), ["f", "b"]);
  t.same(list(9, "succeeded"), ["d", "c", "a"]);
  t.same(list(2, "succeeded"), ["d", "c"]);
  t.same(list(9).toSorted(), ["a", "b", "c", "d", "e", "f"]);
  t.same(list(1), ["f"]);
  bench.settle();
  t.same(list(9, "failed"), ["f", "b"]);
  t.same(list(9), ["f", "e", "d", "c", "b", "a"]);
  bench.journal.close();
});

t.test("bounded: the oldest that have ended are forgotten, those that have not never", async (t) => {
  const bench = new JournalBench(t.testdir(), { maxCommands: 10 });
  put(bench, "open", "running");
  for (let i = 1; i <= 30; i++) put(bench, `c${i}`, "succeeded");
  bench.settle();
  t.same(ids(bench.journal.listCommands({ limit: 99 })), [
    ...Array.from({ length: 9 }, (_, i) => `c${30 - i}`),
    "open",
  ]);
  for (let i = 1; i <= 20; i++) put(bench, `large${i}`, "succeeded", 60_000);
  bench.settle();
  const kept = bench.journal.listCommands({ limit: 99 });
  t.ok(kept.length < 8 && kept.length > 3, `${kept.length} kept of 60 kB each`);
  t.equal(kept.at(-1)?.id, "open");
  bench.journal.close();
});

t.test("a flood of large ones is committed, beside readings", async (t) => {
  const bench = new JournalBench(t.testdir());
  for (let i = 1; i <= 20; i++) put(bench, "c".repeat(i), "succeeded", 262_144);
  for (let seq = 1; seq <= 10; seq++) bench.append("a", 1, seq);
  t.equal(bench.journal.commit().fault, undefined);
  bench.reopen();
  t.ok(bench.journal.getCommand("c".repeat(20))?.envelope.equals(noise(262_144, 20)));
  t.same(readAll(bench.journal, "a").readings, numbers(1, 1, 10));
  t.throws(() => put(bench, "x", "accepted", 262_145), { code: "message-too-large" });
  bench.journal.close();
});
