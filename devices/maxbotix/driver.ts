import * as Type from "typebox";
import { MarkedLineSplitter } from "../../src/codec/index.ts";
import { LINE_8N1, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { Metrics } from "../../src/message/index.ts";
import { FAMILIES, MARK, MAX_LINE_BYTES, readRange, type Family, type FamilyName } from "./protocol.ts";
import { SonarSimulator } from "./simulator.ts";

export interface MaxbotixSettings {
  readonly model: FamilyName;
}

const METRICS: Metrics = {
  distance: {
    type: "number",
    unit: "mm",
    description: "to what reflects the sound first; null if there is nothing within reach, or it is too near",
  },
  present: {
    type: "boolean",
    description: "whether something is in the zone that the sensor watches; only of sensors that tell it",
  },
};

/** MaxBotix' ultrasonic sensors at their serial output. */
export const maxbotix: Driver<MaxbotixSettings> = {
  name: "maxbotix",
  title: "MaxBotix ultrasonic sensors",
  settings: Type.Object({
    model: Type.Enum(Object.keys(FAMILIES), {
      description: `${Object.entries(FAMILIES)
        .map(([name, { description }]) => `${name} (${description})`)
        .join("; ")}`,
      default: "hr",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  // The slowest of them filter, and send every 1.5 s.
  describe: () => ({ metrics: METRICS, commands: {}, silenceMs: 5_000 }),
  open: ({ model }) => new SonarSession(FAMILIES[model]),
  simulate: ({ model }, random) => new SonarSimulator(FAMILIES[model], random),
};

class SonarSession implements Session {
  readonly #lines = new MarkedLineSplitter([MARK], MAX_LINE_BYTES);
  readonly #family: Family;

  constructor(family: Family) {
    this.#family = family;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    return this.#lines.push(chunk).map((item) => (item.type === "line" ? this.#line(item.bytes) : item));
  }

  #line(bytes: Buffer): DriverEvent {
    const range = readRange(this.#family, bytes.toString("latin1"));
    return range
      ? { type: "reading", values: { ...range } }
      : { type: "discard", bytes: bytes.length, reason: "unparsable" };
  }
}
