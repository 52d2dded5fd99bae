import type { Metric } from "../../src/message/index.ts";

/** One value of a data frame: which word holds it, and how. */
export interface Field {
  readonly word: number;
  readonly metric: Metric;
  /** What one step of the word is worth. Default 1. */
  readonly step?: number;
  /** 16-bit two's complement. */
  readonly signed?: true;
  /** Only this byte of the word. */
  readonly byte?: "high" | "low";
}
export type Fields = Readonly<Record<string, Field>>;

const mass = (particles: string, correction: string): Metric => ({
  type: "integer",
  unit: "ug/m3",
  description: `particles up to ${particles} um, ${correction}`,
});
/** 0.1 L is 1 dL. */
const count = (particles: string): Metric => ({
  type: "integer",
  unit: "/dL",
  description: `particles over ${particles} um in 0.1 L of air`,
});

const ATMOSPHERIC = "for the open air";
const FACTORY = "by the factory's calibration (CF = 1), for industry";

const MASSES: Fields = {
  pm1_cf1: { word: 0, metric: mass("1.0", FACTORY) },
  pm2_5_cf1: { word: 1, metric: mass("2.5", FACTORY) },
  pm10_cf1: { word: 2, metric: mass("10", FACTORY) },
  pm1: { word: 3, metric: mass("1.0", ATMOSPHERIC) },
  pm2_5: { word: 4, metric: mass("2.5", ATMOSPHERIC) },
  pm10: { word: 5, metric: mass("10", ATMOSPHERIC) },
};

const SMALL_COUNTS: Fields = {
  particles_0_3: { word: 6, metric: count("0.3") },
  particles_0_5: { word: 7, metric: count("0.5") },
  particles_1_0: { word: 8, metric: count("1.0") },
  particles_2_5: { word: 9, metric: count("2.5") },
};

const COUNTS: Fields = {
  ...SMALL_COUNTS,
  particles_5_0: { word: 10, metric: count("5.0") },
  particles_10: { word: 11, metric: count("10") },
};

const TEMPERATURE: Metric = { type: "number", unit: "Cel", description: "inside the sensor" };
const HUMIDITY: Metric = { type: "number", unit: "%", description: "relative, inside the sensor" };
const FORMALDEHYDE: Field = {
  word: 12,
  step: 0.001,
  metric: { type: "number", unit: "mg/m3", description: "formaldehyde" },
};

const version = (word: number): Fields => ({
  version: { word, byte: "high", metric: { type: "integer", description: "of the sensor's firmware" } },
  error: {
    word,
    byte: "low",
    metric: { type: "integer", description: "error code of the sensor, 0 if there is none" },
  },
});

/**
 * What is in the frames of each model. T and S send frames as long as those of the PMSx003, so the length alone does
 * not tell them apart. PMS3003, PMSx003, PMS5003T, PMS5003S and PMS5003ST data manuals, appendix I.
 */
export const MODELS = {
  pms3003: { words: 9, fields: MASSES },
  pms5003: { words: 13, fields: { ...MASSES, ...COUNTS, ...version(12) } },
  pms5003t: {
    words: 13,
    fields: {
      ...MASSES,
      ...SMALL_COUNTS,
      temperature: { word: 10, step: 0.1, signed: true, metric: TEMPERATURE },
      humidity: { word: 11, step: 0.1, metric: HUMIDITY },
      ...version(12),
    },
  },
  pms5003s: { words: 13, fields: { ...MASSES, ...COUNTS, formaldehyde: FORMALDEHYDE } },
  pms5003st: {
    words: 17,
    fields: {
      ...MASSES,
      ...COUNTS,
      formaldehyde: FORMALDEHYDE,
      temperature: { word: 13, step: 0.1, signed: true, metric: TEMPERATURE },
      humidity: { word: 14, step: 0.1, metric: HUMIDITY },
      ...version(16),
    },
  },
} as const satisfies Readonly<Record<string, { readonly words: number; readonly fields: Fields }>>;
export type Model = keyof typeof MODELS;
