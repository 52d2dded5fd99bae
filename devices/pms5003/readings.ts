import type { Metrics, Value, Values } from "../../src/message/index.ts";
import { MODELS, type Field, type Fields, type Model } from "./values.table.ts";

/** The model that a frame of this many words is from, as far as its length tells. */
export function modelOf(words: number): Model | undefined {
  if (words === MODELS.pms3003.words) return "pms3003";
  if (words === MODELS.pms5003.words) return "pms5003";
  return words === MODELS.pms5003st.words ? "pms5003st" : undefined;
}

export function metricsOf(model: Model): Metrics {
  return Object.fromEntries(Object.entries(fieldsOf(model)).map(([name, { metric }]) => [name, metric]));
}

/**
 * The values of a data frame. While the sensor warms up it sends zeros for everything that it measures; air without one
 * particle in 0.1 L there is not, so they mean that there is no value yet: null.
 */
export function readingOf(model: Model, words: readonly number[]): Values {
  const fields = Object.entries(fieldsOf(model));
  const status = fields.find(([, { byte }]) => byte)?.[1].word;
  const warmingUp = words.every((word, index) => word === 0 || index === status);
  const values: Record<string, Value> = {};
  for (const [name, field] of fields)
    values[name] = warmingUp && !field.byte ? null : valueOf(field, words[field.word] ?? 0);
  return values;
}

function fieldsOf(model: Model): Fields {
  return MODELS[model].fields;
}

function valueOf({ step, signed, byte }: Field, word: number): number {
  if (byte) return byte === "high" ? word >> 8 : word & 0xff;
  const value = signed && word >= 0x8000 ? word - 0x10000 : word;
  // Times a decimal fraction, but without the noise of binary ones.
  return step === undefined ? value : value / Math.round(1 / step);
}
