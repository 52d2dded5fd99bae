import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import { Board } from "./board.ts";
import { COMMANDS } from "./commands.ts";
import { INPUTS, metricsOf } from "./inputs.ts";
import { BOARD_FRAMES, messageOf } from "./protocol.ts";
import { FirmataSimulator } from "./simulator.ts";

const SETTINGS = Type.Object({
  inputs: INPUTS,
  samplingMs: Type.Integer({
    description: "how often analog inputs are read, ms",
    minimum: 1,
    maximum: 16_383,
    default: 1_000,
  }),
});
export type FirmataSettings = Type.Static<typeof SETTINGS>;

/** Boards with StandardFirmata and its relatives. One message of an input, one reading. */
export const firmata: Driver<FirmataSettings> = {
  name: "firmata",
  title: "Arduino boards with Firmata",
  settings: SETTINGS,
  line: { ...LINE_8N1, baudRate: 57_600 },
  describe: ({ inputs, samplingMs }) => ({
    metrics: metricsOf(inputs),
    commands: COMMANDS,
    // A board without analog inputs is asked each 10 s whether it is there.
    silenceMs: 25_000 + samplingMs,
  }),
  open: (settings) => new FirmataSession(settings),
  simulate: (_, random) => new FirmataSimulator(random),
};

class FirmataSession implements Session {
  readonly #frames = new FrameScanner(...BOARD_FRAMES);
  readonly #board: Board;

  constructor({ inputs, samplingMs }: FirmataSettings) {
    this.#board = new Board(inputs, samplingMs);
  }

  start(): readonly DriverEvent[] {
    return this.#board.start();
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else {
        const reason: DiscardReason | undefined = this.#board.message(messageOf(item.bytes), events);
        if (reason !== undefined) events.push({ type: "discard", bytes: item.bytes.length, reason });
      }
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#board.orders.add({ call: id, name, args }, events);
    return events;
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#board.orders.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    return this.#board.tick();
  }
}
