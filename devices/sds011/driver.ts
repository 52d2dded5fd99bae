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
import type { Metric, Metrics } from "../../src/message/index.ts";
import { COMMANDS, measured, orderOf, type Order } from "./commands.ts";
import { ANY_SENSOR, readFrame, SENSOR_FRAMES, type Model, type SensorFrame } from "./protocol.ts";
import { SdsSimulator } from "./simulator.ts";

export interface SdsSettings {
  readonly model: Model;
  readonly id: string;
}

const mass = (particles: number, type: Metric["type"]): Metric => ({
  type,
  unit: "ug/m3",
  description: `particles up to ${particles} um`,
});
const SENSOR_ID: Metric = { type: "text", description: "of the sensor that sent it, four hex digits" };

const METRICS: Readonly<Record<Model, Metrics>> = {
  sds011: { pm2_5: mass(2.5, "number"), pm10: mass(10, "number"), sensor_id: SENSOR_ID },
  sds198: { pm100: mass(100, "integer"), sensor_id: SENSOR_ID },
};

/** Nova dust sensors: SDS011, SDS018, SDS021, and SDS198 for coarse dust. */
export const sds011: Driver<SdsSettings> = {
  name: "sds011",
  title: "Nova dust sensors (SDS011 and its family)",
  settings: Type.Object({
    model: Type.Enum(Object.keys(METRICS), {
      description: "sds011 (SDS018 and SDS021 too), or sds198, which measures coarse dust only",
      default: "sds011",
    }),
    id: Type.String({
      description:
        "the sensor's id, four hex digits: commands are for it, and readings of others are refused; FFFF is any",
      pattern: "^[0-9A-Fa-f]{4}$",
      default: ANY_SENSOR,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ model }) => ({
    metrics: METRICS[model],
    commands: COMMANDS,
    // One frame in 1 to 1.5 s; a sensor that sleeps or pauses is silent too, and rightly called so.
    silenceMs: 10_000,
  }),
  open: (settings) => new SdsSession(settings),
  simulate: ({ model, id }, random) => new SdsSimulator(model, id, random),
};

/**
 * What is written while the sensor itself sends is often lost, so an order is written again until it is answered. Every
 * order may be repeated: it sets, or asks.
 */
const ANSWER_WITHIN_MS = 1_500;
const ATTEMPTS = 3;

class SdsSession implements Session {
  readonly #frames = new FrameScanner(SENSOR_FRAMES);
  readonly #model: Model;
  readonly #id: string;
  readonly #order = new OneOrder<Order>({
    withinMs: ANSWER_WITHIN_MS,
    attempts: ATTEMPTS,
    before: "the sensor had done this",
    silence: "no answer came: is the sensor asleep, or its RX pin not connected?",
  });

  constructor({ model, id }: SdsSettings) {
    this.#model = model;
    this.#id = id.toUpperCase();
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
    const { id, name, args } = call;
    const order = orderOf(name, args, this.#id);
    if (!order) return [failed(id, `there is no command ${name}`)];
    if ("fault" in order) return [failed(id, order.fault)];
    return this.#order.give(call, order);
  }

  cancel(call: string): readonly DriverEvent[] {
    return this.#order.cancel(call);
  }

  wake(): readonly DriverEvent[] {
    return this.#order.wake();
  }

  #frame(bytes: Buffer, events: DriverEvent[]): void {
    const frame = readFrame(bytes);
    const values = measured(frame);
    if (values && !this.#isWanted(frame))
      return void events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
    if (values) events.push({ type: "reading", values });
    const result = this.#order.order?.resultOf(frame);
    if (result) this.#order.succeed(result, events);
  }

  #isWanted({ kind, id }: SensorFrame): boolean {
    const isOfModel = (kind === "coarse") === (this.#model === "sds198");
    return isOfModel && (this.#id === ANY_SENSOR || this.#id === id);
  }
}

function failed(call: string, reason: string): DriverEvent {
  return { type: "outcome", call, outcome: { ok: false, reason } };
}
