import { LineSplitter } from "../../src/codec/index.ts";
import type { Call, DiscardReason, DriverEvent, Outcome, Session } from "../../src/device/index.ts";
import { errorOf, identityOf, numberOf, valueOf } from "./answers.ts";
import { Schedule } from "./schedule.ts";
import { LINE_ENDINGS, queriesOf, TICK_MS, type PolledQuery, type ScpiSettings } from "./settings.ts";

/** What is waited for. */
interface Step {
  /** What was written, which some instruments echo. */
  readonly line: string;
  /** @returns what to do if the line is the answer, undefined if it is not */
  accept(answer: string): ((events: DriverEvent[]) => void) | undefined;
  unanswered(events: DriverEvent[]): void;
}

const IDENTIFY = "*IDN?";
const MAX_LINE_BYTES = 4_096;
/** Error queues hold 20 or so; what goes on saying errors is not believed for ever. */
const MAX_ERRORS = 32;
const MAX_LOGGED = 100;

/**
 * One instrument, asked one thing at a time:
 *
 *   start ──► *IDN? ──► errors ──► (idle) ──due──► query ──► (rest) ──tick──► (idle)
 *               ▲          ▲                         │no answer
 *               └──no answer──────── errors ◄────────┘
 *
 * Answers do not say to what they are one. So nothing is asked in the same tick as an answer, and after one that is missing something
 * is asked whose answer cannot be mistaken: what comes before it is the late one.
 */
export class ScpiSession implements Session {
  readonly #settings: ScpiSettings;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  readonly #schedule: Schedule;
  readonly #logged = new Set<string>();
  #calls: Call[] = [];
  #step: Step | undefined;
  /** The call that the step is for, until it has its outcome. */
  #running: string | undefined;
  #ticksLeft = 0;
  #isResting = false;
  #isIdentified: boolean;
  #mustDrain: boolean;

  constructor(settings: ScpiSettings) {
    this.#settings = settings;
    this.#schedule = new Schedule(queriesOf(settings));
    this.#isIdentified = !settings.identify;
    this.#mustDrain = settings.errorQuery !== "";
  }

  start(): readonly DriverEvent[] {
    const events: DriverEvent[] = [{ type: "wake", afterMs: TICK_MS }];
    for (const line of this.#settings.setup) this.#write(line, events);
    this.#next(events);
    return events;
  }

  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [{ type: "wake", afterMs: TICK_MS }];
    this.#schedule.tick();
    this.#isResting = false;
    if (this.#step && --this.#ticksLeft <= 0) {
      const step = this.#step;
      this.#step = undefined;
      step.unanswered(events);
    }
    this.#next(events);
    return events;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#lines.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#line(item.bytes, events);
    }
    return events;
  }

  run(call: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#calls.push(call);
    this.#next(events);
    return events;
  }

  /** What is written stays written; what ends is the waiting. */
  cancel(id: string): readonly DriverEvent[] {
    this.#calls = this.#calls.filter((call) => call.id !== id);
    if (this.#running === id) this.#running = undefined;
    return [];
  }

  #line(bytes: Buffer, events: DriverEvent[]): void {
    // Stray zeros, as an adapter makes them, are around a line and never in it.
    const text = bytes.toString("latin1").replace(/^[\0 \t]+|[\0 \t]+$/g, "");
    const discard = (reason: DiscardReason): void =>
      void events.push({ type: "discard", bytes: bytes.length, reason });
    if (!/^[ -~]+$/.test(text)) return discard("noise");
    const step = this.#step;
    if (!step || text === step.line) return discard("unsupported");
    const go = step.accept(text);
    if (!go) return discard("unparsable");
    this.#step = undefined;
    this.#isResting = true;
    go(events);
  }

  /** What is to be asked now, if nothing is: somebody's command first. */
  #next(events: DriverEvent[]): void {
    if (this.#step || this.#isResting) return;
    const call = this.#calls.shift();
    if (call) return this.#run(call, events);
    if (!this.#isIdentified) return this.#identify(events);
    if (this.#mustDrain)
      return this.#drain((errors, events) => {
        this.#mustDrain = errors === undefined;
        for (const error of errors ?? []) this.#log(error, events);
      }, events);
    const query = this.#schedule.take();
    if (query) this.#poll(query, events);
  }

  #run({ id, name, args }: Call, events: DriverEvent[]): void {
    const text = String(args["text"]);
    const isQuery = name === "query";
    const end = (outcome: Outcome, events: DriverEvent[]): void => {
      if (this.#running === id) events.push({ type: "outcome", call: id, outcome });
      this.#running = undefined;
    };
    this.#running = id;
    if (!/^[ -~]+$/.test(text)) return end({ ok: false, reason: "text must be one line of ASCII" }, events);
    if (isQuery !== text.includes("?"))
      return end({ ok: false, reason: isQuery ? "a query has a ?" : "what has a ? is for query" }, events);
    if (isQuery) return this.#query(text, end, events);
    this.#write(text, events);
    this.#drain((errors, events) => end(writtenOutcome(errors, this.#settings.errorQuery), events), events);
  }

  #query(line: string, end: (outcome: Outcome, events: DriverEvent[]) => void, events: DriverEvent[]): void {
    this.#ask(
      {
        line,
        accept: (answer) => (events) => {
          const value = numberOf(answer);
          end({ ok: true, result: value === undefined ? { answer } : { answer, value } }, events);
          this.#mustDrain = this.#settings.errorQuery !== "";
        },
        unanswered: (events) =>
          this.#resync((errors = [], events) => {
            const reason = `no answer within ${this.#settings.timeoutMs} ms`;
            end({ ok: false, reason: [...errors, reason].join("; ") }, events);
          }, events),
      },
      events,
    );
  }

  #identify(events: DriverEvent[]): void {
    this.#ask(
      {
        line: IDENTIFY,
        accept: (answer) => {
          const values = identityOf(answer);
          if (!values) return undefined;
          return (events) => {
            this.#isIdentified = true;
            events.push({ type: "reading", values });
          };
        },
        unanswered: (events) => this.#log(`no answer to ${IDENTIFY}: is its port set to this line?`, events),
      },
      events,
    );
  }

  #poll({ metric, query, type }: PolledQuery, events: DriverEvent[]): void {
    this.#ask(
      {
        line: query,
        accept: (answer) => {
          const value = valueOf(type, answer);
          return value === undefined
            ? undefined
            : (events) => void events.push({ type: "reading", values: { [metric]: value } });
        },
        unanswered: (events) =>
          this.#resync((errors = [], events) => {
            this.#log(`${metric}: ${[...errors, `no answer to ${query}`].join("; ")}`, events);
          }, events),
      },
      events,
    );
  }

  /** After a missing answer: why, and until the errors come no line is believed. */
  #resync(
    then: (errors: readonly string[] | undefined, events: DriverEvent[]) => void,
    events: DriverEvent[],
  ): void {
    this.#isIdentified = !this.#settings.identify;
    this.#drain(then, events);
  }

  /** Asks for errors until there are none. @param then told of them, or undefined if the instrument does not say */
  #drain(
    then: (errors: readonly string[] | undefined, events: DriverEvent[]) => void,
    events: DriverEvent[],
  ): void {
    const line = this.#settings.errorQuery;
    if (line === "") return then([], events);
    const errors: string[] = [];
    const step: Step = {
      line,
      accept: (answer) => {
        const error = errorOf(answer);
        if (!error) return undefined;
        return (events) => {
          if (error.code === 0 || errors.length >= MAX_ERRORS) return then(errors, events);
          errors.push(`the instrument says ${error.code}: ${error.text}`);
          this.#ask(step, events);
        };
      },
      unanswered: (events) => then(errors.length > 0 ? errors : undefined, events),
    };
    this.#ask(step, events);
  }

  #ask(step: Step, events: DriverEvent[]): void {
    this.#step = step;
    // The tick that is under way counts for nothing.
    this.#ticksLeft = this.#settings.timeoutMs / TICK_MS + 1;
    this.#write(step.line, events);
  }

  #write(line: string, events: DriverEvent[]): void {
    events.push({
      type: "write",
      bytes: Buffer.from(line + LINE_ENDINGS[this.#settings.lineEnding], "latin1"),
    });
  }

  /** Once for each thing that is wrong, not with every round. */
  #log(text: string, events: DriverEvent[]): void {
    if (this.#logged.has(text) || this.#logged.size >= MAX_LOGGED) return;
    this.#logged.add(text);
    events.push({ type: "log", text });
  }
}

function writtenOutcome(errors: readonly string[] | undefined, errorQuery: string): Outcome {
  if (!errors) return { ok: false, reason: `it is written, but ${errorQuery} was not answered` };
  return errors.length === 0 ? { ok: true } : { ok: false, reason: errors.join("; ") };
}
