import { FrameScanner, viewOf } from "../../src/codec/index.ts";
import type { Call, DriverEvent, Session } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { isMeant, secondaryAddress } from "./identity.ts";
import { LineEcho } from "./line-echo.ts";
import { MAX_DISCOVERED, MetricCatalog } from "./metric-catalog.ts";
import { ACKNOWLEDGED, ANY, LONG_FRAMES, readLong, SELECTED } from "./protocol.ts";
import { readingOf, type Measured } from "./readings.ts";
import { Readout, type Step, type Target } from "./readout.ts";
import { readTelegram } from "./telegram.ts";

export interface MbusSettings {
  readonly address: number;
  readonly id: string;
  readonly manufacturer: string;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly gapMs: number;
}

/** Reads one meter again and again. What its telegrams have is one reading: the last one is then all that is known. */
export class MbusSession implements Session {
  readonly #settings: MbusSettings;
  readonly #target: Target;
  readonly #catalog = new MetricCatalog();
  readonly #echo = new LineEcho();
  #scanner = new FrameScanner(LONG_FRAMES);
  #readout: Readout | undefined;
  /** Of somebody's command: before others' polls. */
  #isUrgent = false;
  #calls: string[] = [];
  /** What this readout has brought so far. */
  #values: Values = {};
  #isDeaf = false;
  #isOverflowTold = false;
  /** The last error that the meter reported. */
  #refusal = "";

  constructor(settings: MbusSettings) {
    const { id, manufacturer, address } = settings;
    this.#settings = settings;
    this.#target = id === "" ? { address } : { select: secondaryAddress(id, manufacturer) };
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  wake(): readonly DriverEvent[] {
    return this.#begin(false);
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const bytes = this.#echo.strip(viewOf(chunk));
    const ack = this.#readout?.waitsForAck === true ? bytes.indexOf(ACKNOWLEDGED) : -1;
    if (ack < 0) this.#scan(bytes, events);
    else {
      this.#scan(bytes.subarray(0, ack), events);
      this.#go(this.#readout?.acknowledged(), events);
      this.#scan(bytes.subarray(ack + 1), events);
    }
    return events;
  }

  expired(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const { pending } = this.#scanner;
    if (pending > 0) events.push({ type: "discard", bytes: pending, reason: "truncated" });
    this.#scanner = new FrameScanner(LONG_FRAMES);
    this.#then(this.#readout?.expired(), events);
    return events;
  }

  run({ id }: Call): readonly DriverEvent[] {
    // What is under way answers it as well.
    this.#calls.push(id);
    return this.#begin(true);
  }

  /** The readout goes on: it is a reading all the same. */
  cancel(call: string): readonly DriverEvent[] {
    this.#calls = this.#calls.filter((waiting) => waiting !== call);
    return [];
  }

  #begin(isUrgent: boolean): DriverEvent[] {
    if (this.#readout) return [];
    const events: DriverEvent[] = [];
    this.#isUrgent = isUrgent;
    this.#values = {};
    this.#readout = new Readout(this.#target);
    this.#then(this.#readout.begin(), events);
    return events;
  }

  #scan(bytes: Buffer, events: DriverEvent[]): void {
    for (const item of this.#scanner.push(bytes)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
    }
  }

  #frame(bytes: Buffer, events: DriverEvent[]): void {
    const frame = readLong(bytes);
    const telegram = readTelegram(frame);
    if (typeof telegram === "string")
      return void events.push({ type: "discard", bytes: bytes.length, reason: telegram });
    if (!this.#isMeant(frame.address, telegram.type === "error" ? undefined : telegram))
      return void events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
    if (telegram.type === "error") {
      events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
      return this.#refused(telegram.text, events);
    }
    const values = this.#measured(telegram, events);
    // Of one that was not asked for it is not known whether there is more.
    if (this.#readout?.waitsForAck !== false) return void events.push({ type: "reading", values });
    this.#values = { ...this.#values, ...values };
    this.#go(this.#readout.telegram(telegram.type === "variable" && telegram.moreFollow), events);
  }

  /** A neighbour's answer, late or to somebody else, is not this meter's. */
  #isMeant(address: number, telegram: Measured | undefined): boolean {
    const { id, manufacturer } = this.#settings;
    if (id === "") return this.#settings.address >= SELECTED || this.#settings.address === address;
    if (!telegram) return true;
    const found = telegram.type === "fixed" ? telegram.fixed : telegram.identity;
    return isMeant(id, manufacturer, found.id, "manufacturer" in found ? found.manufacturer : undefined);
  }

  #measured(telegram: Measured, events: DriverEvent[]): Values {
    const { values, discovered, left } = this.#catalog.admit(readingOf(telegram));
    if (discovered) events.push({ type: "describe", metrics: discovered });
    if (left > 0 && !this.#isOverflowTold) {
      this.#isOverflowTold = true;
      const text = `${left} values and more left out: ${MAX_DISCOVERED} metrics are the most of one meter`;
      events.push({ type: "log", text });
    }
    return values;
  }

  #refused(text: string, events: DriverEvent[]): void {
    // Not with every poll.
    if (text !== this.#refusal) events.push({ type: "log", text: `the meter reports: ${text}` });
    this.#refusal = text;
    if (!this.#readout) return;
    events.push({ type: "release" });
    this.#end(`the meter reports: ${text}`, events);
  }

  /** The line is this device's no more; then what comes next. */
  #go(step: Step | undefined, events: DriverEvent[]): void {
    events.push({ type: "release" });
    this.#then(step, events);
  }

  #then(step: Step | undefined, events: DriverEvent[]): void {
    if (!step) return;
    if ("send" in step) return this.#ask(step.send, events);
    if (step.ended === "complete") return this.#end(undefined, events);
    const reason = `no answer from ${this.#name}`;
    if (!this.#isDeaf) events.push({ type: "log", text: reason });
    this.#isDeaf = true;
    this.#end(reason, events);
  }

  #ask(bytes: Buffer, events: DriverEvent[]): void {
    const { timeoutMs, gapMs } = this.#settings;
    this.#echo.expect(bytes);
    events.push({ type: "exchange", bytes, limitMs: timeoutMs, gapMs, urgent: this.#isUrgent });
    // Between selecting a meter and asking it nobody else should come: he might select another.
    this.#isUrgent = true;
  }

  /** What has come is a reading, even if the rest has not. */
  #end(failure: string | undefined, events: DriverEvent[]): void {
    if (Object.keys(this.#values).length > 0) events.push({ type: "reading", values: this.#values });
    const outcome =
      failure === undefined
        ? ({ ok: true, result: this.#values } as const)
        : ({ ok: false, reason: failure } as const);
    for (const call of this.#calls) events.push({ type: "outcome", call, outcome });
    if (failure === undefined) {
      this.#isDeaf = false;
      this.#refusal = "";
    }
    this.#calls = [];
    this.#readout = undefined;
    events.push({ type: "wake", afterMs: this.#settings.pollMs });
  }

  get #name(): string {
    const { id, address } = this.#settings;
    if (id !== "") return `the meter ${id}`;
    return address === ANY ? "any meter" : `the meter at address ${address}`;
  }
}
