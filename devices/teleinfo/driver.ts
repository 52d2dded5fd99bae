import * as Type from "typebox";
import type { Driver, DriverEvent, Session } from "../../src/device/index.ts";
import { TeleinfoScanner, type Frame, type Mode } from "./protocol.ts";
import { GroupReader, metricsOf } from "./readings.ts";
import { TeleinfoSimulator } from "./simulator.ts";

export interface TeleinfoSettings {
  readonly mode: Mode | "auto";
}

/** The customer's interface of French electricity meters: Linky and the electronic ones before it. One frame, one reading. */
export const teleinfo: Driver<TeleinfoSettings> = {
  name: "teleinfo",
  title: "French electricity meters (Linky and older, TIC)",
  settings: Type.Object({
    mode: Type.Enum(["auto", "historic", "standard"], {
      description:
        "auto takes either; historic or standard takes only groups of that mode, and declares only their metrics. The line's baud rate is set apart: 1200 or 9600",
      default: "auto",
    }),
  }),
  // The historic mode, in which Linky is delivered too; the standard mode has 9600.
  line: { baudRate: 1200, dataBits: 7, parity: "even", stopBits: 1, flowControl: "none" },
  // A frame of three phases takes two seconds at 1200 baud.
  describe: ({ mode }) => ({ metrics: metricsOf(mode), commands: {}, silenceMs: 10_000 }),
  open: ({ mode }) => new TeleinfoSession(mode),
  simulate: ({ mode }, random) => new TeleinfoSimulator(mode, random),
};

class TeleinfoSession implements Session {
  readonly #scanner = new TeleinfoScanner();
  readonly #groups: GroupReader;

  constructor(mode: Mode | "auto") {
    this.#groups = new GroupReader(mode);
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#scanner.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item, events);
    }
    return events;
  }

  #frame({ groups, discards, bytes }: Frame, events: DriverEvent[]): void {
    const { values, unparsable, unsupported, found } = this.#groups.read(groups);
    events.push(...discards);
    for (const group of unparsable)
      events.push({ type: "discard", bytes: group.bytes, reason: "unparsable" });
    for (const group of unsupported)
      events.push({ type: "discard", bytes: group.bytes, reason: "unsupported" });
    if (Object.keys(found).length > 0) events.push({ type: "describe", metrics: found });
    if (Object.keys(values).length > 0) events.push({ type: "reading", values });
    else if (groups.length === 0 && discards.length === 0)
      events.push({ type: "discard", bytes, reason: "unparsable" });
  }
}
