import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  OneOrder,
  type Call,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import type { Metric, Values } from "../../src/message/index.ts";
import { COMMANDS, orderOf, type Order } from "./commands.ts";
import {
  ANSWER_FRAMES,
  AUTO_FRAMES,
  DONE_FRAMES,
  MODELS,
  NOT_DONE_FRAMES,
  readFrame,
  type Field,
  type Model,
  type SensorFrame,
} from "./protocol.ts";
import { HpmSimulator } from "./simulator.ts";

export interface HpmSettings {
  readonly model: Model;
}

const SIZES: Readonly<Record<Field, string>> = { pm1: "1.0", pm2_5: "2.5", pm4: "4.0", pm10: "10" };

function metricOf(field: Field): Metric {
  return { type: "integer", unit: "ug/m3", description: `particles up to ${SIZES[field]} um` };
}

/** Honeywell's dust sensors of the HPM series: HPMA115S0, and HPMA115C0, the compact one. */
export const hpma115: Driver<HpmSettings> = {
  name: "hpma115",
  title: "Honeywell dust sensors (HPMA115S0, HPMA115C0)",
  settings: Type.Object({
    model: Type.Enum(Object.keys(MODELS), {
      description:
        "s0, the standard version, or c0, the compact one: what they send by themselves looks alike",
      default: "s0",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ model }) => ({
    metrics: Object.fromEntries(MODELS[model].fields.map((field) => [field, metricOf(field)])),
    commands: COMMANDS,
    // One frame a second; a sensor that is stopped is silent too, and rightly called so.
    silenceMs: 10_000,
  }),
  open: (settings) => new HpmSession(settings),
  simulate: ({ model }, random) => new HpmSimulator(model, random),
};

/** An order may be repeated: it sets, or asks. */
const ANSWER_WITHIN_MS = 1_500;
const ATTEMPTS = 3;

class HpmSession implements Session {
  readonly #frames = new FrameScanner(AUTO_FRAMES, ANSWER_FRAMES, DONE_FRAMES, NOT_DONE_FRAMES);
  readonly #model: Model;
  readonly #order = new OneOrder<Order>({
    withinMs: ANSWER_WITHIN_MS,
    attempts: ATTEMPTS,
    before: "the sensor had answered this",
    silence: "no answer came: is the sensor's RX pin connected?",
  });

  constructor({ model }: HpmSettings) {
    this.#model = model;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else if (!this.#frame(readFrame(item.bytes), events))
        events.push({ type: "discard", bytes: item.bytes.length, reason: "unsupported" });
    }
    return events;
  }

  run(call: Call): readonly DriverEvent[] {
    return this.#order.give(call, orderOf(call.name, call.args));
  }

  cancel(call: string): readonly DriverEvent[] {
    return this.#order.cancel(call);
  }

  wake(): readonly DriverEvent[] {
    return this.#order.wake();
  }

  /** @returns whether it was a reading, or an answer that was waited for */
  #frame(frame: SensorFrame, events: DriverEvent[]): boolean {
    const values = this.#measured(frame);
    if (values) events.push({ type: "reading", values });
    if (frame.kind === "measurement" && !values) return false;
    const isAwaited = this.#order.order !== undefined;
    const result = this.#order.order?.resultOf(frame, values ?? {});
    if (result) this.#order.succeed(result, events);
    if (frame.kind === "not-done") this.#order.end({ ok: false, reason: "the sensor refused it" }, events);
    return values !== undefined || result !== undefined || (frame.kind === "not-done" && isAwaited);
  }

  /** The values of a measurement, if it is of the model that is set. */
  #measured(frame: SensorFrame): Values | undefined {
    if (frame.kind !== "measurement" || (frame.model ?? this.#model) !== this.#model) return undefined;
    const { fields, firstWord } = MODELS[this.#model];
    const from = frame.model === undefined ? firstWord : 0;
    return Object.fromEntries(fields.map((field, index) => [field, frame.words[from + index] ?? 0]));
  }
}
