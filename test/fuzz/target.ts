import type { Dice } from "./dice.ts";

/** One decoder under test, or several that take the same bytes. */
export interface Target {
  /** Also the folder of its findings. */
  readonly name: string;
  /** Its part of all inputs: many for what is cheap and exposed, few for what is dear. */
  readonly share: number;
  /** Longest input. What is slow shows only with long ones. */
  readonly maxBytes: number;
  /** Longest that one input may take, ms, where that is not what any message may take. */
  readonly maxMs?: number;
  /** Good inputs, and such as are bad in ways of their own. */
  readonly corpus: readonly Buffer[];
  /** Pieces that mean something to it. */
  readonly tokens?: readonly Buffer[];
  /** Whether inputs are changed item by item too. */
  readonly isCbor?: boolean;
  /** An input from nothing. */
  readonly generate?: (dice: Dice) => Buffer;
  /** Puts checksums right, so that what lies behind them is reached. */
  readonly fix?: (input: Buffer) => Buffer;
  /**
   * Decodes. What it does must follow from the input alone.
   * @returns whether the input was taken for good
   * @throws DunlinError to refuse it, or what `documented` knows; anything else is a finding, {@link Broken} too
   */
  decode(input: Buffer): boolean;
  /** It is not known that it takes any of what it is given. */
  readonly mayTakeNone?: boolean;
  /** What else than a DunlinError its contract lets it throw. */
  readonly documented?: (thrown: unknown) => boolean;
  close?(): void;
}

/** What was accepted does not hold what it should. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** @throws Broken */
export function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Broken(what);
}

export function tokens(...texts: readonly string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** What every object has by nature: names that a table looked up without care seems to have. */
export const NATURAL = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"] as const;

/** A number that follows from the input: where an input is cut into chunks must be the same when it is tried again. */
export function seedOf(input: Buffer): number {
  let sum = input.length;
  for (let at = 0; at < input.length; at++) sum = (Math.imul(sum, 31) + (input[at] as number)) | 0;
  return sum;
}
