import type { Metrics, Values } from "../../src/message/index.ts";
import { celsius, type Raw } from "./protocol.ts";

export const MODELS = ["tfmini-plus", "tfmini"] as const;
export type Model = (typeof MODELS)[number];

/** What one step of a distance is, mm. */
export const UNITS = { cm: 10, mm: 1 } as const;
export type Unit = keyof typeof UNITS;

const COMMON: Metrics = {
  distance: {
    type: "integer",
    unit: "mm",
    description: "null if there is nothing within reach, or too much or too little light came back",
  },
  strength: { type: "integer", description: "of the light that came back" },
  reliable: { type: "boolean", description: "whether the strength is one at which the distance is right" },
};

export const METRICS: Readonly<Record<Model, Metrics>> = {
  "tfmini-plus": {
    ...COMMON,
    temperature: { type: "number", unit: "Cel", description: "of the chip; null if it does not tell it" },
  },
  tfmini: {
    ...COMMON,
    mode: { type: "integer", description: "2: near, 7: far; firmware chooses it by itself" },
  },
};

/** Lidars write one of these for no distance. Plus, 5.4: 0; TFmini-S, table 8: -1, -2, -4; TFmini, 5.4: FFFF. */
const NO_DISTANCE: ReadonlySet<number> = new Set([0, 0xffff, 0xfffe, 0xfffc]);

/** Too much light. Plus manual, 5.4. */
const SATURATED = 0xffff;
/** The least strength at which a distance is reliable. The manuals' 5.4. */
const LEAST_STRENGTH: Readonly<Record<Model, number>> = { "tfmini-plus": 100, tfmini: 20 };

export function readingOf(model: Model, unit: Unit, { distance, strength, temperature }: Raw): Values {
  const isNone = NO_DISTANCE.has(distance);
  const common = {
    distance: isNone ? null : distance * UNITS[unit],
    strength,
    reliable: !isNone && strength >= LEAST_STRENGTH[model] && strength !== SATURATED,
  };
  if (model === "tfmini") return { ...common, mode: temperature & 0xff };
  return { ...common, temperature: celsius(temperature) };
}
