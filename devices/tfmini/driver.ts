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
import { COMMANDS, orderOf, type Order } from "./commands.ts";
import { ANSWER_FRAMES, DATA_FRAMES, readFrame } from "./protocol.ts";
import { METRICS, MODELS, readingOf, UNITS, type Model, type Unit } from "./readings.ts";
import { LidarSimulator } from "./simulator.ts";

export interface LidarSettings {
  readonly model: Model;
  readonly unit: Unit;
}

/** Benewake's small lidars: TFmini Plus, TFmini-S, TF-Luna, and the first TFmini. */
export const tfmini: Driver<LidarSettings> = {
  name: "tfmini",
  title: "Benewake lidars (TFmini, TF-Luna)",
  settings: Type.Object({
    model: Type.Enum([...MODELS], {
      description: "tfmini-plus (TFmini-S and TF-Luna too), or the first tfmini",
      default: "tfmini-plus",
    }),
    unit: Type.Enum(Object.keys(UNITS), {
      description: "what the lidar is set to send distances in; readings are in mm in any case",
      default: "cm",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 115_200 },
  describe: ({ model }) => ({
    metrics: METRICS[model],
    // The first TFmini takes other orders, which may spoil its settings.
    commands: model === "tfmini" ? {} : COMMANDS,
    silenceMs: 5_000,
  }),
  open: (settings) => new LidarSession(settings),
  simulate: ({ model, unit }, random) => new LidarSimulator(model, unit, random),
};

/** What is saved is answered within 2 s (TFmini-S manual, 5.6), all else at once. An order may be repeated: it sets, or asks. */
const ANSWER_WITHIN_MS = 2_000;
const ATTEMPTS = 3;

class LidarSession implements Session {
  readonly #frames = new FrameScanner(DATA_FRAMES, ANSWER_FRAMES);
  readonly #model: Model;
  #unit: Unit;
  readonly #order = new OneOrder<Order>({
    withinMs: ANSWER_WITHIN_MS,
    attempts: ATTEMPTS,
    before: "the lidar had answered this",
    silence: "no answer came: is the lidar's RX pin connected?",
  });

  constructor({ model, unit }: LidarSettings) {
    this.#model = model;
    this.#unit = unit;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
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

  #frame(bytes: Buffer, events: DriverEvent[]): void {
    const frame = readFrame(bytes);
    const values = frame.kind === "data" ? readingOf(this.#model, this.#unit, frame) : {};
    if (frame.kind === "data") events.push({ type: "reading", values });
    const result = this.#order.order?.resultOf(frame, values);
    if (result === "failed") this.#order.end({ ok: false, reason: "the lidar refused it" }, events);
    else if (result) {
      // The frames after the answer are in the new unit.
      this.#unit = this.#order.order?.unit ?? this.#unit;
      this.#order.succeed(result, events);
    } else if (frame.kind === "answer")
      events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
  }
}
