import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Intake } from "../../src/journal/intake.ts";
import { packRun } from "../../src/journal/packed-run.ts";
import { encodeRecord, itemsOf, type StoredRecord } from "../../src/journal/record.ts";
import { SLOT_BYTES } from "../../src/journal/slot-file.ts";
import { bodyOf, noise, timeOf } from "../support/journal.ts";

function record(intake: Intake, number: number, bytes = 0): StoredRecord {
  const body = bytes === 0 ? bodyOf("a", 1, number) : noise(bytes, number);
  const run = packRun([{ epoch: 1, seq: number, timeUs: timeOf(number), body }]);
  return encodeRecord(number, number, { runs: [{ stream: "a", run }], commands: [] }, intake.salt);
}

function open(path: string, slots?: number): { intake: Intake; numbers: number[] } {
  const { intake, records } = Intake.open(path);
  if (slots !== undefined) intake.format(slots * SLOT_BYTES);
  return { intake, numbers: records.map(({ number }) => number) };
}

t.test("one that is new has no size and no records", async (t) => {
  const path = join(t.testdir(), "intake");
  const { intake, numbers } = open(path);
  t.same([intake.bytes, numbers], [0, []]);
  intake.format(10 * SLOT_BYTES);
  t.equal(intake.bytes, 10 * SLOT_BYTES);
  intake.close();
  t.same(open(path).intake.bytes, 10 * SLOT_BYTES);
});

t.test("records come back by number, whatever slots they take, round the ring", async (t) => {
  const path = join(t.testdir(), "intake");
  const { intake } = open(path, 8);
  for (let number = 1; number <= 30; number++) {
    const one = record(intake, number, number % 3 === 0 ? 5_000 : 0);
    intake.release(number - 3);
    t.equal(intake.fits(one), true, `${number}`);
    intake.write(one);
  }
  intake.close();
  const { intake: again, records } = Intake.open(path);
  const numbers = records.map(({ number }) => number);
  t.same(numbers.slice(-3), [28, 29, 30]);
  t.same(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
  t.equal(itemsOf(records.at(-1) as StoredRecord).runs.length, 1);
  again.close();
});

t.test("a record that is still needed is not overwritten", async (t) => {
  const { intake } = open(join(t.testdir(), "intake"), 6);
  for (let number = 1; number <= 4; number++) intake.write(record(intake, number));
  t.equal(intake.fits(record(intake, 5)), false);
  intake.release(1);
  t.equal(intake.fits(record(intake, 5, 5_000)), false);
  t.equal(intake.fits(record(intake, 5)), true);
  intake.release(4);
  t.equal(intake.fits(record(intake, 5, 4 * SLOT_BYTES - 200)), true);
  t.equal(intake.fits(record(intake, 5, 4 * SLOT_BYTES + 1)), false);
  intake.close();
});

t.test("after a start the next record goes behind the newest", async (t) => {
  const path = join(t.testdir(), "intake");
  const first = open(path, 8).intake;
  for (let number = 1; number <= 3; number++) first.write(record(first, number));
  first.close();
  const second = open(path).intake;
  second.write(record(second, 4));
  second.close();
  t.same(open(path).numbers, [1, 2, 3, 4]);
});

t.test("a formatted file forgets, though the bytes are still in its records' form", async (t) => {
  const path = join(t.testdir(), "intake");
  const { intake } = open(path, 8);
  const old = record(intake, 1);
  intake.format(8 * SLOT_BYTES);
  intake.write(old);
  intake.close();
  t.same(open(path).numbers, []);
});

t.test("cut at any byte, it gives the records before the cut", async (t) => {
  const path = join(t.testdir(), "intake");
  const { intake } = open(path, 6);
  for (let number = 1; number <= 3; number++) intake.write(record(intake, number));
  intake.close();
  const whole = readFileSync(path);
  const size = 32 + whole.readUInt32LE(3 * SLOT_BYTES + 24);
  for (let length = 2 * SLOT_BYTES; length < 3 * SLOT_BYTES + size; length += 13) {
    truncateSync(path, length);
    const opened = open(path);
    const expected = length < 2 * SLOT_BYTES + size ? [1] : [1, 2];
    t.same([opened.intake.bytes, opened.numbers], [0, expected], `${length} bytes`);
    opened.intake.close();
    writeFileSync(path, whole);
  }
});

t.test("a bad block in either head does not cost the records", async (t) => {
  const path = join(t.testdir(), "intake");
  const { intake } = open(path, 6);
  intake.write(record(intake, 1));
  intake.close();
  const whole = readFileSync(path);
  for (const slot of [0, 5]) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xaa, slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
    writeFileSync(path, damaged);
    t.same(open(path).numbers, [1]);
  }
  writeFileSync(path, Buffer.alloc(whole.length, 0xaa));
  t.same([open(path).numbers, open(path).intake.bytes], [[], 0]);
});
