import * as Type from "typebox";
import {
  LINE_8N1,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import { readMessages } from "./messages.ts";
import { MetricCatalog } from "./metric-catalog.ts";
import { readingOf, USUAL_METRICS } from "./readings.ts";
import { MeterSimulator } from "./simulator.ts";
import { SmlScanner, type SmlFrame } from "./transport.ts";

export type SmlSettings = Readonly<Record<never, never>>;

/** Electricity meters that push SML at their optical interface: German mME and eHZ. */
export const sml: Driver<SmlSettings> = {
  name: "sml",
  title: "Electricity meters with Smart Message Language (German mME, eHZ)",
  settings: Type.Object({}),
  line: { ...LINE_8N1, baudRate: 9600 },
  // They send every one to four seconds.
  describe: () => ({ metrics: USUAL_METRICS, commands: {}, silenceMs: 15_000 }),
  open: () => new SmlSession(),
  simulate: (_, random) => new MeterSimulator(random),
};

class SmlSession implements Session {
  readonly #scanner = new SmlScanner();
  readonly #catalog = new MetricCatalog();

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#scanner.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item, events);
    }
    return events;
  }

  #frame({ payload, bytes }: SmlFrame, events: DriverEvent[]): void {
    const discard = (reason: DiscardReason): void => void events.push({ type: "discard", bytes, reason });
    const lists = readMessages(payload);
    if (typeof lists === "string") return discard(lists);
    // Answers to requests of somebody else.
    if (lists.length === 0) return discard("unsupported");
    for (const list of lists) {
      const { values, discovered } = this.#catalog.admit(readingOf(list));
      if (discovered) events.push({ type: "describe", metrics: discovered });
      events.push({ type: "reading", values });
    }
  }
}
