import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type Driver,
  type DriverEvent,
  type Session,
  Polling,
} from "../../src/device/index.ts";
import type { CommandDescriptions, Metrics, Values } from "../../src/message/index.ts";
import { cellMetrics, METRICS, temperatureMetrics } from "./metrics.table.ts";
import { answerOf, JBD_FRAMES, REGISTERS, writeMosfets, writeRead, type Answer } from "./protocol.ts";
import { basicInfo, cellVoltages, model } from "./readings.ts";
import { JbdSimulator } from "./simulator.ts";

export interface JbdSettings {
  readonly interval: number;
}

/** Battery managements of JBD, sold as Xiaoxiang, Overkill Solar, LiTime and others. */
export const jbdBms: Driver<JbdSettings> = {
  name: "jbd-bms",
  title: "JBD battery managements (Xiaoxiang, Overkill Solar)",
  settings: Type.Object({
    interval: Type.Integer({
      description: "from one round of polls to the next, ms; a round takes 0.5 s",
      default: 2_000,
      minimum: 500,
      maximum: 3_600_000,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ interval }) => ({
    metrics: METRICS,
    commands: COMMANDS,
    silenceMs: 3 * interval + 5_000,
  }),
  open: ({ interval }) => new JbdSession(interval),
  simulate: (_, random) => new JbdSimulator(random),
};

const COMMANDS: CommandDescriptions = {
  mosfets: {
    description: "let charging and discharging through or not; the BMS has one register for both",
    arguments: {
      charge: { type: "boolean", description: "true: the pack may be charged" },
      discharge: { type: "boolean", description: "true: the pack may be discharged" },
    },
    idempotent: true,
    cancellable: true,
    timeoutMs: 5_000,
  },
};

/** How long an answer may take, ms: 71 bytes at 9600 baud take 74. */
const TURN_MS = 250;
const SILENCE = "the BMS does not answer: is it asleep, or its RX not connected?";

class JbdSession implements Session {
  readonly #frames = new FrameScanner(JBD_FRAMES);
  readonly #polling: Polling;
  /** How many cells and thermometers have been told of. */
  readonly #told = { cells: 0, sensors: 0 };
  #hasModel = false;

  constructor(intervalMs: number) {
    this.#polling = new Polling({
      round: () => this.#round(),
      intervalMs,
      turnMs: TURN_MS,
      silence: SILENCE,
    });
  }

  start(): readonly DriverEvent[] {
    return this.#polling.begin();
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
    }
    return events;
  }

  /** `mosfets` is the only command there is. */
  run({ id, args }: Call): readonly DriverEvent[] {
    const bytes = writeMosfets({ charge: args["charge"] === true, discharge: args["discharge"] === true });
    return this.#polling.command(id, { key: REGISTERS.mosfets, bytes });
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#polling.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    return this.#polling.wake();
  }

  /** The name is asked for until it is known. */
  #round(): { readonly key: number; readonly bytes: Buffer }[] {
    const { basicInfo: basic, cellVoltages: cells, model: name } = REGISTERS;
    return [basic, cells, ...(this.#hasModel ? [] : [name])].map((register) => ({
      key: register,
      bytes: writeRead(register),
    }));
  }

  #frame(frame: Buffer, events: DriverEvent[]): void {
    const answer = answerOf(frame);
    const values = answer?.ok === true ? this.#read(answer, events) : null;
    if (values) events.push({ type: "reading", values });
    else if (values === undefined)
      events.push({ type: "discard", bytes: frame.length, reason: "unparsable" });
    else if (answer?.ok !== true || answer.register !== REGISTERS.mosfets)
      events.push({ type: "discard", bytes: frame.length, reason: "unsupported" });
    if (answer) events.push(...this.#polling.answer(answer.register, () => outcomeOf(answer)));
  }

  /** @returns null for a register that has no reading, undefined if the data cannot be */
  #read({ register, data }: Answer, events: DriverEvent[]): Values | null | undefined {
    if (register === REGISTERS.basicInfo) {
      const values = basicInfo(data);
      this.#tell("sensors", Number(values?.["temperature_sensors"] ?? 0), temperatureMetrics, events);
      return values;
    }
    if (register === REGISTERS.cellVoltages) {
      const values = cellVoltages(data);
      this.#tell("cells", Object.keys(values ?? {}).length, cellMetrics, events);
      return values;
    }
    if (register !== REGISTERS.model) return null;
    const values = model(data);
    this.#hasModel ||= values !== undefined;
    return values;
  }

  #tell(
    what: "cells" | "sensors",
    count: number,
    metricsOf: (count: number) => Metrics,
    events: DriverEvent[],
  ): void {
    if (count <= this.#told[what]) return;
    this.#told[what] = count;
    events.push({ type: "describe", metrics: metricsOf(count) });
  }
}

function outcomeOf({ ok }: Answer): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  return ok
    ? { ok: true }
    : { ok: false, reason: "the BMS refuses it (status 80): is it locked by a password?" };
}
