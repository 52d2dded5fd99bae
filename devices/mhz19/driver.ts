import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions, Metrics, Values } from "../../src/message/index.ts";
import { celsius, isEcho, readRaw, SENSOR_FRAMES, writeOrder, type OrderName, type Raw } from "./protocol.ts";
import { MhzSimulator } from "./simulator.ts";

export interface MhzSettings {
  readonly pollMs: number;
}

const METRICS: Metrics = {
  co2: { type: "integer", unit: "[ppm]", description: "carbon dioxide" },
  temperature: { type: "integer", unit: "Cel", description: "inside the sensor" },
  status: { type: "integer", description: "of the sensor; what it means is not published" },
};

/** Polls without an answer before the device is called silent. */
const SILENT_POLLS = 3;

/** Winsen CO2 modules: MH-Z19, MH-Z19B, C and D, MH-Z14A, MH-Z16. */
export const mhz19: Driver<MhzSettings> = {
  name: "mhz19",
  title: "Winsen CO2 modules (MH-Z19 and its family)",
  settings: Type.Object({
    pollMs: Type.Integer({
      description:
        "from one reading to the next, ms; some sensors do not answer if asked more often than every 5 s",
      minimum: 1_000,
      maximum: 3_600_000,
      default: 5_000,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ pollMs }) => ({
    metrics: METRICS,
    commands: COMMANDS,
    silenceMs: (SILENT_POLLS + 0.5) * pollMs,
  }),
  open: (settings) => new MhzSession(settings),
  simulate: (_, random) => new MhzSimulator(random),
};

/** Calibrating in other air than somebody meant does harm: it is not resumed after a crash. */
function calibration(description: string, args: CommandDescription["arguments"] = {}): CommandDescription {
  return { description, arguments: args };
}

const COMMANDS: CommandDescriptions = {
  read: {
    description: "ask for one reading now; the result is the reading",
    arguments: {},
    idempotent: true,
    cancellable: true,
    timeoutMs: 3_000,
  },
  zero: calibration("call the present air 400 ppm; only after 20 min in fresh air"),
  span: calibration("call the present gas so many ppm; after zero, and 20 min in that gas", {
    ppm: { type: "integer", unit: "[ppm]", min: 1_000, max: 10_000, description: "2000 is recommended" },
  }),
  abc: {
    description:
      "switch the automatic baseline correction, which takes each day's least value for 400 ppm, on or off",
    arguments: { on: { type: "boolean", description: "false where the air is never fresh" } },
    idempotent: true,
  },
  range: {
    description: "set the greatest value that the sensor tells",
    arguments: { ppm: { type: "integer", unit: "[ppm]", enum: [2_000, 5_000, 10_000] } },
    idempotent: true,
  },
};

class MhzSession implements Session {
  readonly #frames = new FrameScanner(SENSOR_FRAMES);
  readonly #pollMs: number;
  /** The call that the next reading answers. */
  #reading: string | undefined;

  constructor({ pollMs }: MhzSettings) {
    this.#pollMs = pollMs;
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  /** Time for the next poll. It needs no answer to the one before: the sensor has none while it is being calibrated. */
  wake(): readonly DriverEvent[] {
    return [
      { type: "wake", afterMs: this.#pollMs },
      { type: "write", bytes: writeOrder("read") },
    ];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    // The description has no other names than those of orders.
    const order = name as OrderName;
    const write: DriverEvent = { type: "write", bytes: writeOrder(order, valueOf(args)) };
    // The manuals know no answer to the others: written is all that can be known.
    if (order !== "read") return [write, { type: "outcome", call: id, outcome: { ok: true } }];
    const earlier = this.#reading;
    this.#reading = id;
    if (earlier === undefined) return [write];
    const reason = "read was sent again before it was answered";
    return [{ type: "outcome", call: earlier, outcome: { ok: false, reason } }, write];
  }

  /** The request is on its way; what ends is the waiting for its answer. */
  cancel(call: string): readonly DriverEvent[] {
    if (this.#reading === call) this.#reading = undefined;
    return [];
  }

  #frame(frame: Buffer, events: DriverEvent[]): void {
    if (isEcho(frame))
      return void events.push({ type: "discard", bytes: frame.length, reason: "unsupported" });
    const raw = readRaw(frame);
    // Answers to orders, which some firmwares give, tell nothing that is not known.
    if (!raw) return;
    const values = readingOf(raw);
    events.push({ type: "reading", values });
    if (this.#reading === undefined) return;
    events.push({ type: "outcome", call: this.#reading, outcome: { ok: true, result: values } });
    this.#reading = undefined;
  }
}

function valueOf({ ppm, on }: Values): number {
  return on === undefined ? Number(ppm ?? 0) : Number(on === true);
}

/** Where no air has such a value, 0 means that there is none: while a sensor starts, and in sensors without a thermometer. */
function readingOf({ co2, temperature, status }: Raw): Values {
  return {
    co2: co2 === 0 ? null : co2,
    temperature: temperature === 0 ? null : celsius(temperature),
    status,
  };
}
