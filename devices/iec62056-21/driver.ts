import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import type { Call, DiscardReason, Driver, DriverEvent, Session } from "../../src/device/index.ts";
import type { CommandDescriptions } from "../../src/message/index.ts";
import { Conversation } from "./conversation.ts";
import { MetricRegister } from "./metric-register.ts";
import { readReadout, READOUTS, READOUTS_WITH_PARITY } from "./protocol.ts";
import { METRICS, readingOf } from "./readings.ts";
import { MeterSimulator } from "./simulator.ts";

/** The baud rates of mode C and the characters that stand for them. IEC 62056-21, 6.3.14. */
const BAUD_CHARACTERS = {
  "300": "0",
  "600": "1",
  "1200": "2",
  "2400": "3",
  "4800": "4",
  "9600": "5",
  "19200": "6",
} as const;
const PROPOSED = "proposed";

export interface MeterSettings {
  readonly signOn: string;
  readonly wakeUpBytes: number;
  readonly acknowledge: keyof typeof BAUD_CHARACTERS | typeof PROPOSED;
  readonly pollSeconds: number;
  readonly checksum: "auto" | "required";
}

const FILLER = Uint8Array.of(0);

/** Most metrics of one meter beyond those that all have; a device may declare 256. */
const MAX_FOUND = 240;

/** Electricity, heat, gas and water meters with an optical interface. README.md tells what becomes of the change of the baud rate. */
export const iec62056: Driver<MeterSettings> = {
  name: "iec62056-21",
  title: "Meters with an optical interface (IEC 62056-21, IEC 1107, D0)",
  settings: Type.Object({
    signOn: Type.String({
      description: "what asks for a read-out; /?12345678! asks one meter of several, /#! some heat meters",
      default: "/?!",
      pattern: "^/[?#][ -~]{0,32}!$",
    }),
    wakeUpBytes: Type.Integer({
      description: "zero bytes before the sign-on, for meters with a battery: 40 to 80",
      default: 0,
      minimum: 0,
      maximum: 200,
    }),
    acknowledge: Type.Enum([...Object.keys(BAUD_CHARACTERS), PROPOSED], {
      description:
        "baud rate that the meter is told to go on at: that of the line, as it cannot change; proposed repeats the meter's own",
      default: "300",
    }),
    pollSeconds: Type.Integer({
      description:
        "how often to ask a meter that does not send of itself; 0 never. Once a day for one with a battery",
      default: 900,
      minimum: 0,
      maximum: 604_800,
    }),
    checksum: Type.Enum(["auto", "required"], {
      description:
        "auto takes read-outs without a block check character, as meters without a frame send them",
      default: "auto",
    }),
  }),
  // The rate at which every meter answers a sign-on. IEC 62056-21, 5.2.
  line: { baudRate: 300, dataBits: 7, parity: "even", stopBits: 1, flowControl: "none" },
  describe: ({ pollSeconds }) => ({
    metrics: METRICS,
    commands: COMMANDS,
    // Two read-outs missed, and the time that one may take at 300 baud.
    silenceMs: pollSeconds * 2_000 + 300_000,
  }),
  open: (settings) => new MeterSession(settings),
  simulate: (_, random) => new MeterSimulator(random),
};

const COMMANDS: CommandDescriptions = {
  read: {
    description: "ask for a read-out now; it is the command's result as well",
    arguments: {},
    idempotent: true,
    cancellable: true,
    // 9.5 KiB at 300 baud take five minutes.
    timeoutMs: 600_000,
  },
};

class MeterSession implements Session {
  readonly #frames = new FrameScanner(READOUTS, READOUTS_WITH_PARITY);
  readonly #register = new MetricRegister(METRICS, MAX_FOUND);
  readonly #conversation: Conversation;
  readonly #isCheckNeeded: boolean;
  /** A frame with a block check character has come, so one without has lost it. */
  #hasCheckedFrames = false;
  /** Bytes of ours among those of the meter. */
  #fillers = 0;

  constructor({ acknowledge, checksum, ...settings }: MeterSettings) {
    this.#isCheckNeeded = checksum === "required";
    this.#conversation = new Conversation({
      ...settings,
      baudCharacter: acknowledge === PROPOSED ? undefined : BAUD_CHARACTERS[acknowledge],
    });
  }

  start(): readonly DriverEvent[] {
    return this.#conversation.start();
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = this.#conversation.bytes(chunk);
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "frame") this.#readout(item.bytes, events);
      else this.#discard(item.bytes, item.reason, events);
    }
    return events;
  }

  run({ id }: Call): readonly DriverEvent[] {
    return this.#conversation.read(id);
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#conversation.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    if (!this.#conversation.isStalled) return this.#conversation.time();
    // Some meters leave ETX and the block check character out. Whether they do, only what comes next can tell.
    this.#fillers++;
    const events = this.push(FILLER);
    return this.#conversation.isStalled ? [...events, ...this.#conversation.time()] : events;
  }

  #discard(bytes: number, reason: DiscardReason, events: DriverEvent[]): void {
    const ours = Math.min(bytes, this.#fillers);
    this.#fillers -= ours;
    if (bytes > ours) events.push({ type: "discard", bytes: bytes - ours, reason });
  }

  #readout(frame: Buffer, events: DriverEvent[]): void {
    const discard = (reason: DiscardReason): void => this.#discard(frame.length, reason, events);
    const readout = readReadout(frame);
    const { isChecked, isFramed } = readout;
    if (isChecked) this.#hasCheckedFrames = true;
    else if (this.#isCheckNeeded || (isFramed && this.#hasCheckedFrames)) return discard("checksum");
    if (!isChecked && !readout.isWellFormed) return discard("unparsable");
    const reading = readingOf(readout, this.#register);
    if (!reading) return discard("unsupported");
    if (reading.isFaulty && !isChecked) return discard("unparsable");
    const metrics = this.#register.takeFound();
    if (metrics) events.push({ type: "describe", metrics });
    const left = this.#register.takeLeft();
    if (left !== undefined) events.push({ type: "log", text: `${left} and more left out: too many metrics` });
    events.push({ type: "reading", values: reading.values }, ...this.#conversation.done(reading.values));
  }
}
