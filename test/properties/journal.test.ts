import fc from "fast-check";
import { rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { CommitResult } from "../../src/journal/index.ts";
import { BEFORE_ALL, type Cursor } from "../../src/message/index.ts";
import { bodyOf, HOUR_US, JournalBench, noise, readAll, timeOf } from "../support/journal.ts";

const STREAMS = ["a", "b", "slow"] as const;
type StreamName = (typeof STREAMS)[number];

type Step =
  | { readonly do: "append"; readonly stream: StreamName; readonly count: number; readonly skip: number }
  | { readonly do: "pass"; readonly hours: number }
  | { readonly do: "commit" | "reopen" | "crash" | "next epoch" }
  | { readonly do: "read"; readonly stream: StreamName; readonly back: number; readonly step: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      stream: fc.constantFrom(...STREAMS),
      count: fc.integer({ min: 1, max: 30 }),
      skip: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), hours: fc.integer({ min: 0, max: 8 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("commit", "commit", "reopen", "crash", "next epoch") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      stream: fc.constantFrom(...STREAMS),
      back: fc.integer({ min: 0, max: 100 }),
      step: fc.integer({ min: 1, max: 40 }),
    }),
  },
);

/** Some bodies are not as ours, so that they are stored whole. */
function expected(stream: string, epoch: number, seq: number): Buffer {
  return seq % 17 === 0 ? noise(1 + (seq % 90), epoch) : bodyOf(stream, epoch, seq);
}

/** What the journal has to be: a list of readings for each stream, of which the oldest may be deleted. */
class Model {
  readonly bench: JournalBench;
  readonly #durable = new Map<StreamName, Cursor[]>(STREAMS.map((stream) => [stream, []]));
  readonly #waiting = new Map<StreamName, Cursor[]>(STREAMS.map((stream) => [stream, []]));
  readonly #deleted = new Map<string, number>();
  readonly #seqs = new Map<StreamName, number>();
  #epoch = 1;

  constructor(bench: JournalBench) {
    this.bench = bench;
  }

  run(step: Step): void {
    if (step.do === "append") this.#append(step.stream, step.count, step.skip);
    else if (step.do === "read") this.#check(step.stream, step.back, step.step);
    else if (step.do === "crash") {
      this.bench.crash();
      for (const waiting of this.#waiting.values()) waiting.length = 0;
    } else if (step.do === "commit") this.#commit();
    else if (step.do === "pass") {
      this.bench.passUs(step.hours * HOUR_US);
      this.#commit();
    } else {
      this.#commit();
      this.bench.reopen();
      if (step.do === "next epoch") this.#nextEpoch();
    }
  }

  checkAll(): void {
    for (const stream of STREAMS) this.#check(stream, 1e9, 1_000);
    const counts = new Map(this.bench.journal.streams().map(({ stream, readings }) => [stream, readings]));
    for (const stream of STREAMS)
      same(`count of ${stream}`, counts.get(stream) ?? 0, this.#kept(stream).length);
  }

  #append(stream: StreamName, count: number, skip: number): void {
    let seq = (this.#seqs.get(stream) ?? 0) + skip;
    for (let i = 0; i < count; i++) {
      seq++;
      const body = expected(stream, this.#epoch, seq);
      this.bench.journal.append(stream, this.#epoch, seq, timeOf(seq), body);
      this.#waiting.get(stream)?.push({ epoch: this.#epoch, seq });
    }
    this.#seqs.set(stream, seq);
  }

  #commit(): void {
    const result = this.bench.journal.commit();
    for (const [stream, waiting] of this.#waiting) {
      same(`durable ${stream}`, result.durable.get(stream), waiting.at(-1));
      this.#durable.get(stream)?.push(...waiting.splice(0));
    }
    this.#count(result);
  }

  #count({ deleted, fault }: CommitResult): void {
    if (fault) throw fault;
    for (const [stream, count] of deleted)
      this.#deleted.set(stream, (this.#deleted.get(stream) ?? 0) + count);
  }

  #nextEpoch(): void {
    this.#epoch += this.#epoch % 3 === 0 ? 2 : 1;
    this.#seqs.clear();
  }

  #kept(stream: StreamName): Cursor[] {
    return (this.#durable.get(stream) ?? []).slice(this.#deleted.get(stream) ?? 0);
  }

  /** Reads from some way back, and holds readings and losses against the list. */
  #check(stream: StreamName, back: number, step: number): void {
    const all = this.#durable.get(stream) ?? [];
    const after = all.at(-back - 1) ?? BEFORE_ALL;
    const { readings, lost } = readAll(this.bench.journal, stream, after, step, expected);
    const wanted = this.#kept(stream).filter((one) => isAfter(one, after));
    same(`readings of ${stream}`, readings, wanted.map(nameOf));
    const missing = lost.flatMap(({ epoch, from, to = from }) => seqs(epoch, from, to));
    same(`lost of ${stream}`, missing, missingFrom(all, wanted, after));
  }
}

/** Every number from 1 to the newest of each epoch that is not in the list. */
function missingFrom(all: readonly Cursor[], there: readonly Cursor[], after: Cursor): string[] {
  const newest = new Map(all.map(({ epoch, seq }) => [epoch, seq]));
  const present = new Set(there.map(nameOf));
  return Array.from(newest, ([epoch, last]) => seqs(epoch, 1, last))
    .flat()
    .filter((name) => !present.has(name) && isAfter(cursorOf(name), after));
}

function seqs(epoch: number, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${epoch}/${from + i}`);
}

function nameOf({ epoch, seq }: Cursor): string {
  return `${epoch}/${seq}`;
}

function cursorOf(name: string): Cursor {
  const [epoch = 0, seq = 0] = name.split("/").map(Number);
  return { epoch, seq };
}

function isAfter(one: Cursor, other: Cursor): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq);
}

function same(what: string, found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${what}: ${one} where ${other} was due`);
}

t.test(
  "any order of appending, committing, ageing, closing and crashing is a list whose oldest go",
  async (t) => {
    const folder = join(t.testdir(), "j");
    let settled = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        rmSync(folder, { recursive: true, force: true });
        const model = new Model(new JournalBench(folder, { maxAgeMs: 6 * 3_600_000 }));
        for (const one of steps) model.run(one);
        model.checkAll();
        settled += model.bench.journal.streams().reduce((sum, { deleted }) => sum + deleted, 0);
        model.bench.journal.close();
      }),
      { numRuns: 100 },
    );
    t.ok(settled > 20, `${settled} deleted by age on the way`);
  },
);

t.test("any bodies, times and gaps are given back as they came", async () => {
  const reading = fc.record({
    gap: fc.integer({ min: 1, max: 1_000_000 }),
    time: fc.integer({ min: 0, max: 2 ** 52 }),
    body: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    own: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(reading, { minLength: 1, maxLength: 60 }), (readings) => {
      const bench = new JournalBench(join(t.testdir(), "k"));
      const bodies: Buffer[] = [];
      let seq = 0;
      for (const { gap, time, body, own } of readings) {
        seq += gap;
        const bytes = own ? bodyOf("a", 1, seq) : Buffer.from(body);
        bodies.push(bytes);
        bench.journal.append("a", 1, seq, own ? timeOf(seq) : time, bytes);
      }
      bench.settle();
      const { readings: given } = bench.reopen().journal.read("a", BEFORE_ALL, { readings: 999, bytes: 1e9 });
      bench.journal.close();
      return bodies.every((body, i) => given[i]?.body.equals(body)) && given.length === bodies.length;
    }),
    { numRuns: 50 },
  );
});
