import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Outcome,
  type Session,
  Polling,
  type PollRequest,
} from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions, Metrics, Values } from "../../src/message/index.ts";
import { cellMetrics, METRICS, temperatureMetrics } from "./metrics.table.ts";
import { answerOf, COMMANDS, DALY_FRAMES, HOSTS, writeRequest, type Answer, type Host } from "./protocol.ts";
import {
  cellsPart,
  cellVoltages,
  MAX_CELLS,
  readingOf,
  temperatures,
  temperaturesPart,
  type Part,
} from "./readings.ts";
import { Series } from "./series.ts";
import { DalySimulator } from "./simulator.ts";

export interface DalySettings {
  readonly interval: number;
  readonly host: Host;
  readonly cells: number;
  readonly invertCurrent: boolean;
}

/** Battery managements of Daly that speak A5 frames, on UART and RS-485. */
export const dalyBms: Driver<DalySettings> = {
  name: "daly-bms",
  title: "Daly battery managements (A5 protocol)",
  settings: Type.Object({
    interval: Type.Integer({
      description: "from one round of polls to the next, ms; a round takes 2.7 s",
      default: 5_000,
      minimum: 3_000,
      maximum: 3_600_000,
    }),
    host: Type.Enum(Object.keys(HOSTS) as Host[], {
      description: "as whom the BMS is asked; try bluetooth if it does not answer a computer",
      default: "computer",
    }),
    cells: Type.Integer({
      description: "cells in series; 0: as the BMS tells",
      default: 0,
      minimum: 0,
      maximum: MAX_CELLS,
    }),
    invertCurrent: Type.Boolean({
      description: "true turns the sign of the current round; firmware differs in it",
      default: false,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ interval }) => ({
    metrics: METRICS,
    commands: DESCRIPTIONS,
    silenceMs: 2 * interval + 5_000,
  }),
  open: (settings) => new DalySession(settings),
  simulate: (_, random) => new DalySimulator(random),
};

function switching(what: string): CommandDescription {
  return {
    description: `let ${what} through or not`,
    arguments: { on: { type: "boolean", description: "true lets it through" } },
    idempotent: true,
    cancellable: true,
    timeoutMs: 5_000,
  };
}

const DESCRIPTIONS: CommandDescriptions = {
  charge: switching("charging"),
  discharge: switching("discharging"),
};

/** The status first: it tells how many cells and thermometers are to come. */
const ROUND: readonly number[] = [
  COMMANDS.status,
  COMMANDS.pack,
  COMMANDS.cellExtremes,
  COMMANDS.temperatureExtremes,
  COMMANDS.mosfets,
  COMMANDS.cellVoltages,
  COMMANDS.temperatures,
  COMMANDS.balance,
  COMMANDS.faults,
];

/** How long an answer may take, ms: 16 frames at 9600 baud take 217, after 50 of thinking. */
const TURN_MS = 300;
const SILENCE = "the BMS does not answer: is it asleep, or its RX not connected?";

class DalySession implements Session {
  readonly #settings: DalySettings;
  readonly #frames = new FrameScanner(DALY_FRAMES);
  readonly #polling: Polling;
  readonly #cells = new Series();
  readonly #temperatures = new Series();
  #cellCount: number;
  #sensorCount = 0;
  /** How many cells and thermometers have been told of. */
  readonly #told = { cells: 0, sensors: 0 };

  constructor(settings: DalySettings) {
    this.#settings = settings;
    this.#cellCount = settings.cells;
    this.#polling = new Polling({
      round: () => ROUND.map((command) => this.#request(command)),
      intervalMs: settings.interval,
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

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const command = name === "charge" ? COMMANDS.setCharge : COMMANDS.setDischarge;
    return this.#polling.command(id, this.#request(command, args["on"] === true ? 1 : 0));
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#polling.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    return this.#polling.wake();
  }

  #request(command: number, ...data: readonly number[]): PollRequest {
    return { key: command, bytes: writeRequest(this.#settings.host, command, ...data) };
  }

  #frame(frame: Buffer, events: DriverEvent[]): void {
    const answer = answerOf(frame);
    if (!answer) return discard(frame.length, "unsupported", events);
    const { command, data } = answer;
    if (command !== COMMANDS.cellVoltages) this.#lose(this.#cells.end(), frame.length, events);
    if (command !== COMMANDS.temperatures) this.#lose(this.#temperatures.end(), frame.length, events);
    if (command === COMMANDS.cellVoltages) this.#cellFrame(cellsPart(data), frame.length, events);
    else if (command === COMMANDS.temperatures)
      this.#temperatureFrame(temperaturesPart(data), frame.length, events);
    else this.#single(answer, frame.length, events);
    events.push(...this.#polling.answer(command, (request) => outcomeOf(request, answer)));
  }

  #single({ command, data }: Answer, bytes: number, events: DriverEvent[]): void {
    if (isSwitch(command)) return;
    const values = readingOf(command, data);
    if (!values) return discard(bytes, values === null ? "unsupported" : "unparsable", events);
    if (command === COMMANDS.status) {
      this.#cellCount = this.#settings.cells || Number(values["cells"]);
      this.#sensorCount = Number(values["temperature_sensors"]);
    }
    events.push({ type: "reading", values: this.#turned(values) });
  }

  #cellFrame(part: Part, bytes: number, events: DriverEvent[]): void {
    // Without the number of cells the padding cannot be told from cells without voltage.
    if (this.#cellCount === 0) return discard(bytes, "unsupported", events);
    const { lost, values } = this.#cells.add(part, this.#cellCount);
    this.#lose(lost, bytes, events);
    if (!values) return;
    this.#tell("cells", values.length, cellMetrics, events);
    events.push({ type: "reading", values: cellVoltages(values) });
  }

  #temperatureFrame(part: Part, bytes: number, events: DriverEvent[]): void {
    if (this.#sensorCount === 0) return discard(bytes, "unsupported", events);
    const { lost, values } = this.#temperatures.add(part, this.#sensorCount);
    this.#lose(lost, bytes, events);
    if (!values) return;
    this.#tell("sensors", values.length, temperatureMetrics, events);
    events.push({ type: "reading", values: temperatures(values) });
  }

  #lose(frames: number, bytes: number, events: DriverEvent[]): void {
    if (frames > 0) discard(frames * bytes, "truncated", events);
  }

  #turned(values: Values): Values {
    const { current } = values;
    if (!this.#settings.invertCurrent || typeof current !== "number" || current === 0) return values;
    return { ...values, current: -current };
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

function isSwitch(command: number): boolean {
  return command === COMMANDS.setCharge || command === COMMANDS.setDischarge;
}

/** The first byte of the answer is how the MOSFET is switched now; what follows it is left over from other answers. */
function outcomeOf({ bytes }: PollRequest, { data }: Answer): Outcome {
  if (data[0] === bytes[4]) return { ok: true };
  return { ok: false, reason: "the BMS does not switch: has a protection tripped?" };
}

function discard(bytes: number, reason: DiscardReason, events: DriverEvent[]): void {
  events.push({ type: "discard", bytes, reason });
}
