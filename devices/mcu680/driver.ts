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
import type { CommandDescriptions, Metrics, Value, Values } from "../../src/message/index.ts";
import { MODULE_FRAMES, readRaw, writeOrder, type OrderName, type Raw } from "./protocol.ts";
import { ModuleSimulator } from "./simulator.ts";

const METRICS: Metrics = {
  temperature: {
    type: "number",
    unit: "Cel",
    description: "of the air, corrected for the sensor's own heat",
  },
  humidity: { type: "number", unit: "%", description: "relative" },
  pressure: { type: "integer", unit: "Pa", description: "of the air" },
  iaq: { type: "integer", description: "indoor air quality, 0 (good) to 500, by Bosch's library" },
  iaq_accuracy: { type: "integer", description: "of it: 0 not yet known, 1 low, 2 medium, 3 high" },
  gas_resistance: { type: "integer", unit: "Ohm", description: "less of it is more gas" },
  altitude: { type: "integer", unit: "m", description: "that has this pressure in a standard atmosphere" },
};

const COMMANDS: CommandDescriptions = {
  read: {
    description:
      "ask for a reading, which is the result; from then on the module sends only when it is asked",
    arguments: {},
    idempotent: true,
    cancellable: true,
    timeoutMs: 15_000,
  },
  active: { description: "send readings without being asked", arguments: {}, idempotent: true },
  all_values: { description: "send every value, as the module comes", arguments: {}, idempotent: true },
  save: { description: "keep the mode and the choice of values over a power cut", arguments: {} },
  factory_reset: { description: "forget what is saved: all values, sent by itself", arguments: {} },
};

/** A GY-MCU680: Bosch's BME680 for air, with a controller that sends what Bosch's library makes of it. */
export const mcu680: Driver<object> = {
  name: "mcu680",
  title: "BME680 air sensors on a GY-MCU680 module",
  settings: Type.Object({}),
  line: { ...LINE_8N1, baudRate: 9600 },
  // A frame every 3 s.
  describe: () => ({ metrics: METRICS, commands: COMMANDS, silenceMs: 15_000 }),
  open: () => new ModuleSession(),
  simulate: (_, random) => new ModuleSimulator(random),
};

/** The library has a new value every 3 s. */
const ANSWER_WITHIN_MS = 4_000;
const ATTEMPTS = 3;

class ModuleSession implements Session {
  readonly #frames = new FrameScanner(MODULE_FRAMES);
  /** What the next reading answers. */
  readonly #read = new OneOrder({
    withinMs: ANSWER_WITHIN_MS,
    attempts: ATTEMPTS,
    before: "this one was answered",
    silence: "no answer came: is the module's RX pin connected?",
  });

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else {
        const values = readingOf(readRaw(item.bytes));
        events.push({ type: "reading", values });
        this.#read.end({ ok: true, result: values }, events);
      }
    }
    return events;
  }

  run(call: Call): readonly DriverEvent[] {
    // The description has no other names than those of orders.
    const bytes = writeOrder(call.name as OrderName);
    if (call.name === "read") return this.#read.give(call, { bytes });
    // The module knows no answers: written is all that can be known.
    return [
      { type: "write", bytes },
      { type: "outcome", call: call.id, outcome: { ok: true } },
    ];
  }

  cancel(call: string): readonly DriverEvent[] {
    return this.#read.cancel(call);
  }

  wake(): readonly DriverEvent[] {
    return this.#read.wake();
  }
}

/** Hundredths, Pa, Ohm, m; the accuracy is in the upper four bits of the IAQ's two bytes. */
function readingOf({ temperature, humidity, pressure, iaq, gas, altitude }: Raw): Values {
  const values: Record<string, Value> = {};
  if (temperature !== undefined) values["temperature"] = temperature / 100;
  if (humidity !== undefined) values["humidity"] = humidity / 100;
  if (pressure !== undefined) values["pressure"] = pressure;
  if (iaq !== undefined) {
    values["iaq"] = iaq & 0x0fff;
    values["iaq_accuracy"] = iaq >> 12;
  }
  if (gas !== undefined) values["gas_resistance"] = gas;
  if (altitude !== undefined) values["altitude"] = altitude;
  return values;
}
