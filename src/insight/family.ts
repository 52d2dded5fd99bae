import { numberOf } from "../message/index.ts";

/** One metric with all of its series. Names and units: prometheus.io/docs/practices/naming. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string>>;

/** A counter's name ends in `_total`; it begins again at 0 when the process that counts is started anew. */
export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "counter", samples };
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: "gauge", samples };
}

/** @returns nothing for what is no number */
export function sample(value: unknown, labels: Labels = {}): Sample[] {
  const number = numberOf(value);
  return number === undefined ? [] : [{ labels, value: number }];
}

/** One of several states, as a series for each: 1 for the one that holds. */
export function states(state: unknown, all: readonly string[], labels: Labels = {}): Sample[] {
  return all.map((one) => ({ labels: { ...labels, state: one }, value: one === state ? 1 : 0 }));
}
