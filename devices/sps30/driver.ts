import * as Type from "typebox";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { Metrics } from "../../src/message/index.ts";
import { BEGIN, COMMANDS, POLL, requestsOf } from "./commands.ts";
import { ADDRESS, COMMANDS as CODES, errorOf, NOT_ALLOWED, readMeasurement } from "./protocol.ts";
import { FlagSplitter, readAnswer, type Answer } from "./shdlc.ts";
import { SpsSimulator } from "./simulator.ts";
import { Turns } from "./turns.ts";
import { FAULT, VALUES } from "./values.table.ts";

export interface SpsSettings {
  readonly pollMs: number;
}

const METRICS: Metrics = { ...VALUES, fault: FAULT };

/** Polls without an answer before the device is called silent, and what a poll may take beside its interval, ms. */
const SILENT_POLLS = 3;
const SLACK_MS = 2_000;

/** Sensirion's particle sensor SPS30 at its UART. */
export const sps30: Driver<SpsSettings> = {
  name: "sps30",
  title: "Sensirion particle sensor SPS30",
  settings: Type.Object({
    pollMs: Type.Integer({
      description: "from one reading to the next, ms; the sensor has a new one every 1000",
      minimum: 500,
      maximum: 3_600_000,
      default: 1_000,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 115_200 },
  describe: ({ pollMs }) => ({
    metrics: METRICS,
    commands: COMMANDS,
    silenceMs: SILENT_POLLS * pollMs + SLACK_MS,
  }),
  open: (settings) => new SpsSession(settings),
  simulate: (_, random) => new SpsSimulator(random),
};

const COMMAND_TRIES = 3;

/**
 *   (open)──► waking it and starting it ──► polling ◄──wake── asleep
 *                                             └──sleep──────────┘
 *
 * A sensor that says that it does not measure (a power cut, a reset) is started again.
 */
class SpsSession implements Session {
  readonly #splitter = new FlagSplitter();
  readonly #turns = new Turns();
  readonly #pollMs: number;
  #isPolling = false;

  constructor({ pollMs }: SpsSettings) {
    this.#pollMs = pollMs;
  }

  start(): readonly DriverEvent[] {
    this.#isPolling = true;
    return this.#turns.add({ requests: BEGIN, tries: 1 });
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#splitter.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#content(item.bytes, events);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const done = (): void => {
      this.#isPolling = name !== "sleep" && (this.#isPolling || name === "wake");
    };
    return this.#turns.add({ call: id, requests: requestsOf(name, args), tries: COMMAND_TRIES, done });
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#turns.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    if (!this.#turns.isIdle) return this.#andThen(this.#turns.time());
    return this.#isPolling ? this.#turns.add({ requests: POLL, tries: 1 }) : [];
  }

  #content(content: Buffer, events: DriverEvent[]): void {
    const answer = readAnswer(content);
    const discard = (reason: "noise" | "checksum" | "truncated" | "unparsable" | "unsupported"): void => {
      events.push({ type: "discard", bytes: content.length, reason });
    };
    if ("fault" in answer) return discard(answer.fault);
    if (answer.address !== ADDRESS) return discard("unsupported");
    if (answer.command === CODES.read && errorOf(answer) === 0 && answer.data.length > 0) {
      const values = readMeasurement(answer);
      if (!values) return discard("unparsable");
      events.push({ type: "reading", values });
    }
    events.push(...this.#answered(answer));
  }

  #answered(answer: Answer): readonly DriverEvent[] {
    const wasIdle = this.#turns.isIdle;
    const events = this.#turns.answer(answer);
    if (this.#isPolling && answer.command === CODES.read && errorOf(answer) === NOT_ALLOWED)
      events.push(...this.#turns.add({ requests: BEGIN, tries: 1 }));
    return wasIdle ? events : this.#andThen(events);
  }

  /** When there is nothing to do any more, the next poll is. */
  #andThen(events: readonly DriverEvent[]): readonly DriverEvent[] {
    if (!this.#turns.isIdle || !this.#isPolling) return events;
    return [...events, { type: "wake", afterMs: this.#pollMs }];
  }
}
