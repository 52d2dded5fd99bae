import * as Type from "typebox";
import { NAME_PATTERN, type Metric, type Metrics, type Values } from "../../src/message/index.ts";
import type { Pins } from "./pins.ts";
import { MODES, reportAnalog, reportPort, writeMode } from "./protocol.ts";

const INPUT_MODES = ["analog", "input", "pullup"] as const;

/** So that what comes of a value is a number. */
const FACTOR = { minimum: -1e12, maximum: 1e12 } as const;

const InputSettings = Type.Object({
  pin: Type.Integer({
    description: "the pin's number; of an analog one the number behind its A",
    minimum: 0,
    maximum: 127,
  }),
  mode: Type.Optional(
    Type.Enum(INPUT_MODES, {
      description: "analog if not set, digital input, or input with a pull-up resistor",
    }),
  ),
  scale: Type.Optional(Type.Number({ description: "what an analog value is multiplied with", ...FACTOR })),
  offset: Type.Optional(Type.Number({ description: "what is added to it then", ...FACTOR })),
  unit: Type.Optional(Type.String({ description: "UCUM code of what comes of it" })),
  description: Type.Optional(Type.String({ description: "what is measured, for people" })),
});
type Input = Type.Static<typeof InputSettings>;

export const INPUTS = Type.Record(Type.String({ pattern: NAME_PATTERN }), InputSettings, {
  description: "what is read, by the metric's name",
  default: { a0: { pin: 0 } },
});
export type Inputs = Type.Static<typeof INPUTS>;

const ANALOG = "analog";
const PINS_PER_PORT = 8;
/** Messages have room for sixteen channels, and for sixteen ports of eight pins. */
const CHANNELS = 16;

export function metricsOf(inputs: Inputs): Metrics {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, metricOf(input)]));
}

function metricOf({ mode = ANALOG, pin, unit, description, scale = 1, offset = 0 }: Input): Metric {
  const isAnalog = mode === ANALOG;
  const isRaw = scale === 1 && offset === 0;
  return {
    type: isAnalog ? (isRaw ? "integer" : "number") : "boolean",
    ...(unit === undefined ? {} : { unit }),
    description: description ?? (isAnalog ? `analog input A${pin}` : `digital input ${pin}`),
  };
}

/** Reads what the settings want of what a board sends. */
export class InputReader {
  readonly #analog: ReadonlyMap<number, readonly (readonly [string, Input])[]>;
  readonly #ports: ReadonlyMap<number, readonly (readonly [string, Input])[]>;

  constructor(inputs: Inputs) {
    const all = Object.entries(inputs);
    this.#analog = Map.groupBy(
      all.filter(([, { mode = ANALOG }]) => mode === ANALOG),
      ([, { pin }]) => pin,
    );
    this.#ports = Map.groupBy(
      all.filter(([, { mode = ANALOG }]) => mode !== ANALOG),
      ([, { pin }]) => Math.floor(pin / PINS_PER_PORT),
    );
  }

  /** @returns undefined for a channel that is not wanted */
  analog(channel: number, value: number): Values | undefined {
    const wanted = this.#analog.get(channel);
    return (
      wanted &&
      Object.fromEntries(wanted.map(([name, { scale = 1, offset = 0 }]) => [name, value * scale + offset]))
    );
  }

  digital(port: number, bits: number): Values | undefined {
    const wanted = this.#ports.get(port);
    return (
      wanted &&
      Object.fromEntries(wanted.map(([name, { pin }]) => [name, ((bits >> (pin % PINS_PER_PORT)) & 1) === 1]))
    );
  }

  /** The name of a digital input, if the pin is one. */
  nameOf(pin: number): string | undefined {
    return this.#ports.get(Math.floor(pin / PINS_PER_PORT))?.find(([, one]) => one.pin === pin)?.[0];
  }

  /** What makes the board send what is wanted. Analog pins are analog from the start; ports are told to report last. */
  requests(): Buffer[] {
    const digital = [...this.#ports.values()].flat();
    return [
      ...digital.map(([, { pin, mode = ANALOG }]) => writeMode(pin, MODES[mode])),
      ...[...this.#analog.keys()].filter((channel) => channel < CHANNELS).map(reportAnalog),
      ...[...this.#ports.keys()].map(reportPort),
    ];
  }

  /** What the board cannot do, for people. */
  faults(pins: Pins): string[] {
    const analog = [...this.#analog]
      .filter(([channel]) => channel >= CHANNELS || !pins.hasChannel(channel))
      .map(([channel]) => `the board has no analog input A${channel}`);
    const digital = [...this.#ports.values()]
      .flat()
      .filter(([, { pin, mode = ANALOG }]) => !pins.has(pin, mode))
      .map(([name, { pin, mode = ANALOG }]) => `${name}: pin ${pin} of the board cannot be ${mode}`);
    return [...analog, ...digital];
  }
}
