import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions } from "../../src/message/index.ts";
import { Confirmation, type Step } from "./confirmation.ts";
import { answeredBy, SENSOR_FRAMES, wordsOf, writeOrder, type OrderName } from "./protocol.ts";
import { metricsOf, modelOf, readingOf } from "./readings.ts";
import { PmsSimulator } from "./simulator.ts";
import { MODELS, type Model } from "./values.table.ts";

export interface PmsSettings {
  readonly model: Model | "auto";
}

/** What a sensor of which only the frames' length is known is taken for until its first frame. */
const USUAL: Model = "pms5003";

/** Plantower particle sensors: PMS1003, 3003, 5003, 6003, 7003, A003 and the 5003's T, S and ST. */
export const pms5003: Driver<PmsSettings> = {
  name: "pms5003",
  title: "Plantower particle sensors (PMS5003 and its family)",
  settings: Type.Object({
    model: Type.Enum(["auto", ...Object.keys(MODELS)], {
      description:
        "auto tells pms3003, pms5003 (1003, 6003, 7003, A003 too) and pms5003st by their frames; pms5003t and pms5003s must be named",
      default: "auto",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ model }) => ({
    metrics: metricsOf(model === "auto" ? USUAL : model),
    commands: model === "pms3003" ? {} : COMMANDS,
    // The slowest pace of pushing is 2.3 s; a sensor that sleeps is silent too, and rightly called so.
    silenceMs: 10_000,
  }),
  open: ({ model }) => new PmsSession(model),
  simulate: ({ model }, random) => new PmsSimulator(model === "auto" ? USUAL : model, random),
};

function command(description: string, timeoutMs: number): CommandDescription {
  return { description, arguments: {}, idempotent: true, cancellable: true, timeoutMs };
}

const COMMANDS: CommandDescriptions = {
  read: command("ask for one reading, in passive mode; the result is the reading", 5_000),
  active: command("send readings without being asked", 7_000),
  passive: command("send a reading only when asked", 6_000),
  sleep: command("stop the fan and the laser, which are good for some 8000 hours", 6_000),
  wake: command("start the fan and the laser; readings are good after 30 s", 10_000),
};

class PmsSession implements Session {
  readonly #frames = new FrameScanner(SENSOR_FRAMES);
  #model: Model | "auto";
  #confirmation: Confirmation | undefined;

  constructor(model: Model | "auto") {
    this.#model = model;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
    }
    return events;
  }

  run({ id, name }: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const reason = `${name} was sent before the sensor had done this`;
    if (this.#confirmation) this.#take({ outcome: { ok: false, reason } }, events);
    // The description has no other names than those of orders.
    const order = name as OrderName;
    events.push({ type: "write", bytes: writeOrder(order) });
    this.#confirmation = new Confirmation(id, order);
    this.#take(this.#confirmation.begin(), events);
    return events;
  }

  /** The order is on its way; what ends is the waiting for what comes of it. */
  cancel(call: string): readonly DriverEvent[] {
    if (this.#confirmation?.call === call) this.#confirmation = undefined;
    return [];
  }

  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#take(this.#confirmation?.time(), events);
    return events;
  }

  #frame(frame: Buffer, events: DriverEvent[]): void {
    const answered = answeredBy(frame);
    if (answered) return this.#take(this.#confirmation?.answer(answered), events);
    const words = wordsOf(frame);
    this.#learn(words.length, events);
    if (this.#model === "auto" || MODELS[this.#model].words !== words.length)
      return void events.push({ type: "discard", bytes: frame.length, reason: "unsupported" });
    const values = readingOf(this.#model, words);
    events.push({ type: "reading", values });
    this.#take(this.#confirmation?.frame(values), events);
  }

  /** The first frame's length says which model this is. */
  #learn(words: number, events: DriverEvent[]): void {
    if (this.#model !== "auto") return;
    this.#model = modelOf(words) ?? "auto";
    if (this.#model !== "auto" && this.#model !== USUAL)
      events.push({ type: "describe", metrics: metricsOf(this.#model) });
  }

  #take(step: Step | undefined, events: DriverEvent[]): void {
    if (!step || !this.#confirmation) return;
    if ("afterMs" in step) return void events.push({ type: "wake", afterMs: step.afterMs });
    events.push({ type: "outcome", call: this.#confirmation.call, outcome: step.outcome });
    this.#confirmation = undefined;
  }
}
