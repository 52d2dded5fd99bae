import { FrameScanner } from "../../src/codec/index.ts";
import type { DriverEvent, Session } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { cellMetrics, temperatureMetrics } from "./metrics.table.ts";
import {
  isOfBattery,
  PYLONTECH_FRAMES,
  QUERIES,
  readFrame,
  RETURN_CODES,
  UNKNOWN_REQUEST,
  writeQuery,
  type PylontechFrame,
  type Query,
} from "./protocol.ts";
import { alarms, analogValues, management, serialNumber, type Answer } from "./readings.ts";

export interface PylontechSettings {
  readonly address: number;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly gapMs: number;
}

/** A battery that has not answered for so many rounds is asked more and more rarely: others wait for it each time. */
const PATIENCE = 2;
const MAX_POLL_MS = 60_000;
/** A bus has its glitches: so often a query is asked. */
const MAX_TRIES = 2;

/** One battery of a group: asks it round by round, one query in each turn on the line. A round is one reading. */
export class PylontechSession implements Session {
  readonly #settings: PylontechSettings;
  #frames = new FrameScanner(PYLONTECH_FRAMES);
  #left: Query[] = [];
  #asked: Query | undefined;
  #tries = 0;
  #deaf = 0;
  /** What the battery does not know, or has told. */
  readonly #done = new Set<Query>();
  readonly #logged = new Set<string>();
  readonly #told = { cells: 0, sensors: 0 };
  /** What this round has brought so far. */
  #values: Values = {};

  constructor(settings: PylontechSettings) {
    this.#settings = settings;
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  /** The next round is due. One that is not through yet goes on, and takes this one's place. */
  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [{ type: "wake", afterMs: this.#nextPollMs() }];
    if (this.#asked) return events;
    const queries = Object.keys(QUERIES) as Query[];
    this.#left = queries.filter((query) => !this.#done.has(query));
    this.#values = {};
    this.#next(events);
    return events;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    let isAnswered = false;
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else if (!isAnswered && this.#frame(item.bytes, events)) isAnswered = true;
      // What comes on top of an answer is no answer to what has not been asked yet.
      else if (isAnswered) events.push({ type: "discard", bytes: item.bytes.length, reason: "unsupported" });
    }
    if (isAnswered) this.#next(events);
    return events;
  }

  expired(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const query = this.#asked;
    this.#asked = undefined;
    if (!query) return events;
    if (this.#tries < MAX_TRIES && this.#deaf < PATIENCE) this.#ask(query, this.#tries + 1, events);
    else {
      this.#deaf++;
      // Who does not answer one does not answer the others either, and each costs the line its time.
      this.#left = [];
      this.#log(`no answer from ${this.#settings.address} within ${this.#settings.timeoutMs} ms`, events);
      this.#next(events);
    }
    return events;
  }

  #nextPollMs(): number {
    const { pollMs } = this.#settings;
    const times = 2 ** Math.max(0, this.#deaf - PATIENCE);
    return Math.min(pollMs * times, Math.max(pollMs, MAX_POLL_MS));
  }

  /** The next query, or the end of the round. */
  #next(events: DriverEvent[]): void {
    const query = this.#left.shift();
    if (query) this.#ask(query, 1, events);
    else if (Object.keys(this.#values).length > 0) events.push({ type: "reading", values: this.#values });
  }

  #ask(query: Query, tries: number, events: DriverEvent[]): void {
    const { address, timeoutMs: limitMs, gapMs } = this.#settings;
    this.#asked = query;
    this.#tries = tries;
    this.#forget(events);
    events.push({ type: "exchange", bytes: writeQuery(query, address), limitMs, gapMs });
  }

  /** What was held of an earlier turn is nobody's any more. */
  #forget(events: DriverEvent[]): void {
    const bytes = this.#frames.pending;
    if (bytes === 0) return;
    this.#frames = new FrameScanner(PYLONTECH_FRAMES);
    events.push({ type: "discard", bytes, reason: "noise" });
  }

  /** @returns whether it is the answer that is waited for */
  #frame(bytes: Buffer, events: DriverEvent[]): boolean {
    const frame = readFrame(bytes);
    const query = this.#asked;
    const discard = (reason: "unsupported" | "unparsable"): void =>
      void events.push({ type: "discard", bytes: bytes.length, reason });
    if (!query || !this.#isFromIt(frame)) {
      discard("unsupported");
      return false;
    }
    if (frame.code !== 0) {
      discard("unsupported");
      events.push({ type: "release" });
      this.#refused(query, frame.code, events);
      return true;
    }
    const values = this.#read(query, frame.info);
    // It may be the late answer to an earlier query: this one's may still come.
    if (!values) {
      discard("unparsable");
      return false;
    }
    events.push({ type: "release" });
    this.#answered(query, values, events);
    return true;
  }

  /** A request that is heard has the address too, but the code of a query. */
  #isFromIt(frame: PylontechFrame): boolean {
    const isAnswer = frame.code === 0 || frame.code in RETURN_CODES;
    return isOfBattery(frame) && frame.address === this.#settings.address && isAnswer;
  }

  #refused(query: Query, code: number, events: DriverEvent[]): void {
    this.#asked = undefined;
    this.#deaf = 0;
    if (code === UNKNOWN_REQUEST) this.#done.add(query);
    this.#log(`${query}: ${RETURN_CODES[code] ?? ""}`, events);
  }

  #read(query: Query, info: Buffer): Values | undefined {
    if (query === "analog") {
      const answer = analogValues(info);
      return answer?.content.length === 1
        ? this.#ofIt({ of: answer.of, content: answer.content[0] })
        : undefined;
    }
    if (query === "alarms") return this.#ofIt(alarms(info));
    return this.#ofIt(query === "management" ? management(info) : serialNumber(info));
  }

  #ofIt(answer: Answer<Values | undefined> | undefined): Values | undefined {
    return answer?.of === this.#settings.address ? answer.content : undefined;
  }

  #answered(query: Query, values: Values, events: DriverEvent[]): void {
    this.#asked = undefined;
    this.#deaf = 0;
    if (query === "serialNumber") this.#done.add(query);
    if (query === "analog") this.#tell(values, events);
    this.#values = { ...this.#values, ...values };
  }

  /** Of cells and thermometers, when there are more than were told of. */
  #tell({ cells, temperature_sensors: sensors }: Values, events: DriverEvent[]): void {
    const found = { cells: Number(cells), sensors: Number(sensors) };
    if (found.cells <= this.#told.cells && found.sensors <= this.#told.sensors) return;
    this.#told.cells = Math.max(this.#told.cells, found.cells);
    this.#told.sensors = Math.max(this.#told.sensors, found.sensors);
    const metrics = { ...cellMetrics(this.#told.cells), ...temperatureMetrics(this.#told.sensors) };
    events.push({ type: "describe", metrics });
  }

  /** Once for each thing that is wrong, not with every round. */
  #log(text: string, events: DriverEvent[]): void {
    if (this.#logged.has(text)) return;
    this.#logged.add(text);
    events.push({ type: "log", text });
  }
}
