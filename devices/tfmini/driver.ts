import { Type } from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type Driver,
  type DriverEvent,
  type Outcome,
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

interface Pending {
  readonly call: string;
  readonly order: Order;
  attempts: number;
}

class LidarSession implements Session {
  readonly #frames = new FrameScanner(DATA_FRAMES, ANSWER_FRAMES);
  readonly #model: Model;
  #unit: Unit;
  #pending: Pending | undefined;

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

  run({ id: call, name, args }: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#end({ ok: false, reason: `${name} was sent before the lidar had answered this` }, events);
    this.#pending = { call, order: orderOf(name, args), attempts: 0 };
    this.#attempt(this.#pending, events);
    return events;
  }

  /** The order is on its way; what ends is the waiting for its answer. */
  cancel(call: string): readonly DriverEvent[] {
    if (this.#pending?.call === call) this.#pending = undefined;
    return [];
  }

  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    if (this.#pending && this.#pending.attempts < ATTEMPTS) this.#attempt(this.#pending, events);
    else this.#end({ ok: false, reason: "no answer came: is the lidar's RX pin connected?" }, events);
    return events;
  }

  #attempt(pending: Pending, events: DriverEvent[]): void {
    pending.attempts++;
    events.push({ type: "write", bytes: pending.order.bytes }, { type: "wake", afterMs: ANSWER_WITHIN_MS });
  }

  #frame(bytes: Buffer, events: DriverEvent[]): void {
    const frame = readFrame(bytes);
    const values = frame.kind === "data" ? readingOf(this.#model, this.#unit, frame) : {};
    if (frame.kind === "data") events.push({ type: "reading", values });
    const result = this.#pending?.order.resultOf(frame, values);
    if (result === "failed") this.#end({ ok: false, reason: "the lidar refused it" }, events);
    else if (result) {
      // The frames after the answer are in the new unit.
      this.#unit = this.#pending?.order.unit ?? this.#unit;
      this.#end(Object.keys(result).length > 0 ? { ok: true, result } : { ok: true }, events);
    } else if (frame.kind === "answer")
      events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
  }

  /** What is pending has come to this. */
  #end(outcome: Outcome, events: DriverEvent[]): void {
    if (this.#pending) events.push({ type: "outcome", call: this.#pending.call, outcome });
    this.#pending = undefined;
  }
}
