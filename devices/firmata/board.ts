import type { DiscardReason, DriverEvent } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import type { Answer, BoardState } from "./commands.ts";
import { InputReader, type Inputs } from "./inputs.ts";
import { Orders } from "./orders.ts";
import { Pins } from "./pins.ts";
import {
  SYSEX_IDS,
  sevenBits,
  textOf,
  VERSION_QUERY,
  writeSampling,
  writeSysex,
  type Message,
} from "./protocol.ts";

const TICK_MS = 1_000;
/** An Arduino is reset when its port opens, and hears nothing while its boot loader runs; then it tells its version of itself. */
const BOOT_TICKS = 3;
/** Protocol 1 was another, and there is no 3. */
const MAJOR = 2;
/** Before it a board cannot be asked for its pins. revisions.md, 2.2 */
const TELLS_PINS = 202;
const ASK_TICKS = 2;
const ASKS = 3;
/** How often a board is asked whether it is there, and how long it may take. */
const PROBE_TICKS = 10;
const PROBE_ANSWER_TICKS = 3;
/** Eight pins: the second byte of a port has one bit. */
const MAX_PORT_BITS = 0xff;

/** StandardFirmata's order; what it is asked for fits into its buffer of 64 bytes. */
const QUESTIONS = Buffer.concat([
  writeSysex(SYSEX_IDS.firmware),
  writeSysex(SYSEX_IDS.capabilityQuery),
  writeSysex(SYSEX_IDS.mappingQuery),
]);

const OLD_BOARD = "the board's protocol cannot tell its pins: they are taken as they are set";
const MUTE_BOARD = "the board does not tell its pins: is its RX pin connected?";

type Phase = "starting" | "asking" | "running";

/**
 * From an open port to readings, again whenever the board starts anew:
 *
 *   starting ──version──► asking ──capabilities and mapping──► running ──version that nobody asked for──► asking
 *       ▲                                                          │
 *       └───────────────────────── no answer to a probe ◄──────────┘
 *
 * Before the version everything is dropped: a board that was not reset goes on with what somebody else wanted of it.
 */
export class Board {
  readonly orders: Orders;
  readonly #inputs: InputReader;
  readonly #samplingMs: number;
  readonly #pins = new Pins();
  readonly #state: { -readonly [Key in keyof BoardState]: BoardState[Key] };
  #phase: Phase = "starting";
  /** Ticks in this phase, or since the last probe. */
  #ticks = 0;
  #asks = 0;
  #isProbing = false;

  constructor(inputs: Inputs, samplingMs: number) {
    this.#inputs = new InputReader(inputs);
    this.#samplingMs = samplingMs;
    this.#state = {
      pins: this.#pins,
      protocol: 0,
      ports: new Map(),
      inputNameOf: (pin) => this.#inputs.nameOf(pin),
    };
    this.orders = new Orders(this.#state);
  }

  start(): DriverEvent[] {
    return [{ type: "wake", afterMs: TICK_MS }];
  }

  tick(): DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#ticks++;
    if (this.#phase === "starting") this.#tickStarting(events);
    else if (this.#phase === "asking") this.#tickAsking(events);
    else this.#tickRunning(events);
    this.orders.tick(events);
    events.push({ type: "wake", afterMs: TICK_MS });
    return events;
  }

  /** @returns why nothing comes of it, or undefined if something does */
  message(message: Message, events: DriverEvent[]): DiscardReason | undefined {
    if (message.type === "version") return this.#version(message.major, message.minor, events);
    if (this.#phase === "starting") return "noise";
    if (message.type === "sysex") return this.#sysex(message.id, message.data, events);
    if (this.#phase === "asking") return "unsupported";
    return message.type === "analog"
      ? this.#analog(message.channel, message.value, events)
      : this.#digital(message.port, message.bits, events);
  }

  #tickStarting(events: DriverEvent[]): void {
    if (this.#ticks % BOOT_TICKS === 0) events.push({ type: "write", bytes: VERSION_QUERY });
  }

  #tickAsking(events: DriverEvent[]): void {
    if (this.#ticks % ASK_TICKS > 0) return;
    if (this.#asks < ASKS) return this.#ask(events);
    const isOld = this.#state.protocol < TELLS_PINS;
    events.push({ type: "log", text: isOld ? OLD_BOARD : MUTE_BOARD });
    if (isOld) this.#run(events);
    // What looked like a version may have been noise.
    else this.#enter("starting");
  }

  #tickRunning(events: DriverEvent[]): void {
    if (this.#isProbing && this.#ticks >= PROBE_ANSWER_TICKS) {
      this.#enter("starting");
      this.orders.lost();
      events.push({ type: "write", bytes: VERSION_QUERY });
    } else if (this.#ticks >= PROBE_TICKS) {
      this.#ticks = 0;
      this.#isProbing = true;
      events.push({ type: "write", bytes: VERSION_QUERY });
    }
  }

  #version(major: number, minor: number, events: DriverEvent[]): DiscardReason | undefined {
    if (major !== MAJOR) return "unsupported";
    this.#state.protocol = major * 100 + minor;
    // A board whose inputs stand still says nothing else.
    events.push({ type: "sense" });
    if (
      this.#phase === "running" &&
      this.orders.answer({ type: "version", version: `${major}.${minor}` }, events)
    )
      return undefined;
    if (this.#phase === "running" && this.#isProbing) {
      this.#isProbing = false;
      return undefined;
    }
    // Twice while it is asked: it has told of itself, and answered too.
    if (this.#phase !== "asking") this.#startAnew(events);
    return undefined;
  }

  #startAnew(events: DriverEvent[]): void {
    this.#enter("asking");
    this.#pins.forget();
    this.#state.ports.clear();
    this.orders.lost();
    this.#asks = 0;
    this.#ask(events);
  }

  #ask(events: DriverEvent[]): void {
    this.#asks++;
    events.push({ type: "write", bytes: QUESTIONS });
  }

  #run(events: DriverEvent[]): void {
    this.#enter("running");
    for (const text of this.#inputs.faults(this.#pins)) events.push({ type: "log", text });
    const requests = [writeSampling(this.#samplingMs), ...this.#inputs.requests()];
    events.push({ type: "write", bytes: Buffer.concat(requests) });
    this.orders.ready(events);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#ticks = 0;
    this.#isProbing = false;
  }

  #sysex(id: number, data: Buffer, events: DriverEvent[]): DiscardReason | undefined {
    switch (id) {
      case SYSEX_IDS.capabilities:
        return this.#told(this.#pins.setCapabilities(data), events);
      case SYSEX_IDS.mapping:
        return this.#told(this.#pins.setMapping(data), events);
      case SYSEX_IDS.firmware:
        return this.#firmware(data, events);
      case SYSEX_IDS.pinState:
        return this.#answer(
          { type: "pin", pin: data[0] ?? 0, mode: data[1] ?? 0, state: sevenBits(data, 2) },
          events,
        );
      case SYSEX_IDS.text:
        events.push({ type: "log", text: textOf(data) });
        return undefined;
      default:
        return "unsupported";
    }
  }

  #told(isUnderstood: boolean, events: DriverEvent[]): DiscardReason | undefined {
    if (!isUnderstood) return "unparsable";
    if (this.#phase === "asking" && this.#pins.isComplete) this.#run(events);
    return undefined;
  }

  #firmware(data: Buffer, events: DriverEvent[]): DiscardReason | undefined {
    if (data.length < 2) return "unparsable";
    const version = `${data[0]}.${data[1]}`;
    const name = textOf(data.subarray(2));
    if (this.#phase === "running" && this.orders.answer({ type: "firmware", name, version }, events))
      return undefined;
    events.push({ type: "log", text: `firmware ${name} ${version}` });
    // A board tells it unasked when it has started, after a version that may have been taken for a probe's answer.
    if (this.#phase === "running") this.#startAnew(events);
    return undefined;
  }

  #answer(answer: Answer, events: DriverEvent[]): DiscardReason | undefined {
    return this.orders.answer(answer, events) ? undefined : "unsupported";
  }

  #analog(channel: number, value: number, events: DriverEvent[]): DiscardReason | undefined {
    if (value > this.#pins.maxOfChannel(channel)) return "unparsable";
    return reading(this.#inputs.analog(channel, value), events);
  }

  #digital(port: number, bits: number, events: DriverEvent[]): DiscardReason | undefined {
    if (bits > MAX_PORT_BITS) return "unparsable";
    return reading(this.#inputs.digital(port, bits), events);
  }
}

function reading(values: Values | undefined, events: DriverEvent[]): DiscardReason | undefined {
  if (!values) return "unsupported";
  events.push({ type: "reading", values });
  return undefined;
}
