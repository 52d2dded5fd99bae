import fc from "fast-check";
import t from "tap";
import { StreamMerge, type MergeAnswer } from "../../src/client/stream-merge.ts";
import { BEFORE_ALL, isAfter, type Cursor, type LostRange } from "../../src/message/index.ts";

type Fate = "live" | "dropped" | "twice" | "late";

type Step =
  | { readonly do: "publish"; readonly fates: readonly Fate[]; readonly journaled: boolean }
  | { readonly do: "retention"; readonly count: number }
  | { readonly do: "ask"; readonly limit: number }
  | { readonly do: "commit" | "heartbeat" | "answer" | "late" | "restart" | "clean restart" }
  | { readonly do: "subscriber restarts" | "pause" | "resume" };

const fate = fc.constantFrom<Fate>("live", "live", "live", "dropped", "twice", "late");

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      fates: fc.array(fate, { minLength: 1, maxLength: 8 }),
      journaled: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.boolean()),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("ask" as const), limit: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("retention" as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom("commit", "commit", "heartbeat", "heartbeat", "answer", "answer", "late"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("restart", "clean restart", "subscriber restarts", "pause", "resume"),
    }),
  },
);

/** An agent with its journal, as far as one stream goes. */
class ModelAgent {
  epoch = 1;
  seq = 0;
  readonly everDurable: Cursor[] = [];
  durable: Cursor[] = [];
  readonly deleted = new Set<string>();
  #pending: Cursor[] = [];

  publish(journaled: boolean): Cursor {
    const reading = { epoch: this.epoch, seq: ++this.seq };
    if (journaled) this.#pending.push(reading);
    return reading;
  }

  commit(): void {
    this.everDurable.push(...this.#pending);
    this.durable.push(...this.#pending);
    this.#pending = [];
  }

  restart(): void {
    this.#pending = [];
    this.epoch++;
    this.seq = 0;
  }

  retain(count: number): void {
    for (const gone of this.durable.splice(0, count)) this.deleted.add(nameOf(gone));
  }

  get durableEnd(): Cursor {
    const { epoch } = this;
    return { epoch, seq: this.everDurable.findLast((one) => one.epoch === epoch)?.seq ?? 0 };
  }

  /** What src/journal answers, worked out from the whole list. */
  replay(after: Cursor, limit: number): MergeAnswer<Cursor> {
    const there = new Set(this.durable.map(nameOf));
    const ends = new Map(this.everDurable.map(({ epoch, seq }) => [epoch, seq]));
    const readings: Cursor[] = [];
    const lost: LostRange[] = [];
    let next = after;
    for (const [epoch, end] of ends)
      for (let seq = 1; seq <= end; seq++) {
        const one = { epoch, seq };
        if (!isAfter(one, after)) continue;
        if (there.has(nameOf(one))) {
          if (readings.length === limit) return { readings, lost, next, more: true };
          readings.push(one);
        } else lost.push({ epoch, from: seq, to: seq });
        next = one;
      }
    return { readings, lost, next, more: false };
  }
}

class Run {
  readonly agent = new ModelAgent();
  readonly received: Cursor[] = [];
  readonly lost: Cursor[] = [];
  #merge = newMerge(BEFORE_ALL);
  #at: Cursor = BEFORE_ALL;
  #late: Cursor[] = [];
  #paused = false;
  #asked: (() => MergeAnswer<Cursor>) | undefined;
  /** What the merge has been told of, by epoch. */
  #heard = new Map<number, number>();

  run(step: Step): void {
    switch (step.do) {
      case "publish":
        for (const each of step.fates) this.#meet(each, this.agent.publish(step.journaled));
        break;
      case "commit":
        this.agent.commit();
        break;
      case "retention":
        this.agent.retain(step.count);
        break;
      case "heartbeat":
        this.#heartbeat();
        break;
      case "ask":
        this.#ask(step.limit);
        break;
      case "answer":
        this.#answer();
        break;
      case "late":
        for (const reading of this.#late.splice(0)) this.#live(reading);
        break;
      case "restart":
      case "clean restart":
        this.#restart(step.do === "restart");
        break;
      case "subscriber restarts":
        this.#merge = newMerge(this.#at);
        this.#asked = undefined;
        this.#heard.clear();
        break;
      case "pause":
        this.#paused = true;
        break;
      case "resume":
        this.#paused = false;
        this.#note(this.#merge.release());
    }
  }

  finish(): void {
    this.#paused = false;
    this.run({ do: "late" });
    this.agent.commit();
    this.#heartbeat();
    for (let i = 0; this.#merge.needsReplay; i++) {
      if (i > 1_000) throw new Error("it asks for ever");
      this.#ask(5);
      this.#answer();
    }
    this.#note(this.#merge.release());
  }

  check(): void {
    const received = new Set(this.received.map(nameOf));
    const lost = new Set(this.lost.map(nameOf));
    for (const one of this.agent.everDurable) {
      const name = nameOf(one);
      if (!received.has(name) && !(lost.has(name) && this.agent.deleted.has(name)))
        throw new Error(`${name} was durable and is missing`);
      if (lost.has(name) && !this.agent.deleted.has(name)) throw new Error(`${name} is not lost`);
    }
    const { epoch, seq } = this.agent;
    for (const [heardEpoch, end] of new Map([
      ...this.#heard,
      [epoch, Math.min(seq, this.agent.durableEnd.seq)],
    ]))
      for (let i = 1; i <= end; i++) {
        const name = nameOf({ epoch: heardEpoch, seq: i });
        if (!received.has(name) && !lost.has(name)) throw new Error(`${name} was passed over`);
      }
  }

  #meet(fate: Fate, reading: Cursor): void {
    if (fate === "late") this.#late.push(reading);
    if (fate === "live" || fate === "twice") this.#live(reading);
    if (fate === "twice") this.#live(reading);
  }

  #live(reading: Cursor): void {
    this.#hear(reading);
    if (this.#paused) this.#merge.keep(reading);
    else this.#note(this.#merge.offer(reading));
  }

  #heartbeat(): void {
    const { epoch, seq, durableEnd } = this.agent;
    this.#hear({ epoch, seq });
    this.#merge.newest({ epoch, seq });
    this.#merge.durable(durableEnd);
  }

  #hear({ epoch, seq }: Cursor): void {
    this.#heard.set(epoch, Math.max(seq, this.#heard.get(epoch) ?? 0));
  }

  /** The agent may answer at once, and the answer come late; or answer late. */
  #ask(limit: number): void {
    if (!this.#merge.needsReplay) return;
    const from = this.#merge.ask() ?? BEFORE_ALL;
    const early = limit % 2 === 0 ? this.agent.replay(from, limit) : undefined;
    this.#asked = () => early ?? this.agent.replay(from, limit);
  }

  #answer(): void {
    if (this.#asked) this.#note(this.#merge.take(this.#asked()));
    this.#asked = undefined;
  }

  /** One socket keeps its order: nothing of an epoch comes after the next has begun. */
  #restart(killed: boolean): void {
    this.run({ do: "late" });
    if (!killed) this.agent.commit();
    this.agent.restart();
  }

  #note(outputs: readonly (Cursor | { readonly lost: LostRange })[]): void {
    for (const output of outputs) {
      if ("lost" in output) {
        const { epoch, from, to = from } = output.lost;
        for (let seq = from; seq <= to; seq++) this.lost.push(this.#goTo({ epoch, seq }));
      } else this.received.push(this.#goTo(output));
    }
  }

  /** Everything comes once, in order, and nothing inside an epoch is passed over. */
  #goTo(to: Cursor): Cursor {
    const follows =
      to.epoch === this.#at.epoch ? to.seq === this.#at.seq + 1 : to.epoch > this.#at.epoch && to.seq === 1;
    if (!follows) throw new Error(`${nameOf(to)} after ${nameOf(this.#at)}`);
    return (this.#at = { epoch: to.epoch, seq: to.seq });
  }
}

function newMerge(start: Cursor) {
  return new StreamMerge<Cursor, { readonly lost: LostRange }>({
    start,
    capacity: 6,
    lostOf: (lost) => ({ lost }),
  });
}

function nameOf({ epoch, seq }: Cursor): string {
  return `${epoch}/${seq}`;
}

t.test(
  "every durable reading comes once and in order, whatever is dropped, doubled, delayed or restarted",
  async (t) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const run = new Run();
        for (const each of steps) run.run(each);
        run.finish();
        run.check();
      }),
      { numRuns: Number(process.env["RUNS"] ?? 2_000) },
    );
    t.pass("held");
  },
);
