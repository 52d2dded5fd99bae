import type { Measured } from "./system.ts";
import { REFERENCE } from "./systems.ts";

/** One system at one load in one round. */
export interface Sample extends Measured {
  readonly system: string;
  readonly linesPerSecond: number;
  readonly pssMb: number;
}

export type Round = readonly Sample[];

const QUANTITIES = ["p50Us", "p99Us", "cpuUs", "pssMb"] as const;
export type Quantities = Readonly<Record<(typeof QUANTITIES)[number], number>>;

/** One system at one load: medians over the rounds. */
export interface Row extends Quantities {
  readonly system: string;
  readonly linesPerSecond: number;
  /** Lines, over all rounds. */
  readonly lost: number;
  /** To the ten lines in the same round. */
  readonly ratio: Quantities;
}

/** By load, then in the order in which they were measured. */
export function rowsOf(rounds: readonly Round[]): Row[] {
  const rows = (rounds[0] ?? []).map(({ system, linesPerSecond }) => rowOf(system, linesPerSecond, rounds));
  return rows.sort((a, b) => a.linesPerSecond - b.linesPerSecond);
}

function rowOf(system: string, linesPerSecond: number, rounds: readonly Round[]): Row {
  const find = (name: string, round: Round): Sample[] =>
    round.filter((sample) => sample.system === name && sample.linesPerSecond === linesPerSecond);
  const own = rounds.flatMap((round) => find(system, round));
  const reference = rounds.flatMap((round) => find(REFERENCE, round));
  const ratio = quantities((key) =>
    median(own.map((sample, round) => sample[key] / (reference[round]?.[key] ?? NaN))),
  );
  return {
    system,
    linesPerSecond,
    ...quantities((key) => median(own.map((sample) => sample[key]))),
    lost: own.reduce((sum, { lost }) => sum + lost, 0),
    ratio,
  };
}

function quantities(of: (key: keyof Quantities) => number): Quantities {
  return Object.fromEntries(QUANTITIES.map((key) => [key, of(key)])) as unknown as Quantities;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
