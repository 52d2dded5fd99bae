import * as Type from "typebox";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import { commandsOf, DEVICES, orderOf, type DeviceKind } from "./commands.ts";
import { Exchange } from "./exchange.ts";
import { ANSWERS, registerOf } from "./hex.ts";
import { HISTORY_REGISTER, historyOf } from "./history.ts";
import { VeDirectScanner, type Block, type HexItem } from "./protocol.ts";
import { FieldReader, METRICS } from "./readings.ts";
import { VeDirectSimulator } from "./simulator.ts";

export interface VeDirectSettings {
  readonly device: DeviceKind;
}

/** Victron solar chargers, battery monitors and inverters with a VE.Direct port. One block, one reading. */
export const vedirect: Driver<VeDirectSettings> = {
  name: "vedirect",
  title: "Victron solar chargers, battery monitors and inverters (VE.Direct)",
  settings: Type.Object({
    device: Type.Enum(DEVICES, {
      description:
        "what it is: mppt (charger), bmv (BMV, SmartShunt) or inverter; only the commands depend on it, readings do not",
      default: "any",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 19_200 },
  // Text comes every second, but pauses for some seconds after a HEX command.
  describe: ({ device }) => ({ metrics: METRICS, commands: commandsOf(device), silenceMs: 10_000 }),
  open: ({ device }) => new VeDirectSession(device),
  simulate: ({ device }, random) => new VeDirectSimulator(device, random),
};

class VeDirectSession implements Session {
  readonly #device: DeviceKind;
  readonly #scanner = new VeDirectScanner();
  readonly #fields = new FieldReader();
  readonly #exchange = new Exchange();

  constructor(device: DeviceKind) {
    this.#device = device;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#scanner.push(chunk)) {
      if (item.type === "block") this.#block(item, events);
      else if (item.type === "hex") this.#hex(item, events);
      else events.push(item);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const order = orderOf(this.#device, name, args);
    if ("fault" in order) return [{ type: "outcome", call: id, outcome: { ok: false, reason: order.fault } }];
    return this.#exchange.run(id, order);
  }

  /** What was written stays written; what ends is the waiting for the answer. */
  cancel(call: string): readonly DriverEvent[] {
    return this.#exchange.cancel(call);
  }

  wake(): readonly DriverEvent[] {
    return this.#exchange.time();
  }

  #block({ fields, bytes }: Block, events: DriverEvent[]): void {
    const block = this.#fields.read(fields);
    if (!block) return void events.push({ type: "discard", bytes, reason: "unparsable" });
    if (block.found) events.push({ type: "describe", metrics: block.found });
    events.push({ type: "reading", values: block.values });
  }

  /** Of what a charger tells of itself today's history is a reading; the rest is in the text blocks as well. */
  #hex({ frame, bytes }: HexItem, events: DriverEvent[]): void {
    if (frame.command !== ANSWERS.async) {
      const answered = this.#exchange.answer(frame);
      if (answered) events.push(...answered);
      else events.push({ type: "discard", bytes, reason: "unsupported" });
      return;
    }
    const told = registerOf(frame);
    const values =
      told?.register === HISTORY_REGISTER && told.flags === 0 ? historyOf(told.value) : undefined;
    events.push(values ? { type: "reading", values } : { type: "discard", bytes, reason: "unsupported" });
  }
}
