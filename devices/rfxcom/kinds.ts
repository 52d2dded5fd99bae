import type { Field, Names } from "./fields.ts";

/** One kind of packet: how long it is, what its bytes can be, what they mean. */
export interface PacketKind {
  readonly type: number;
  readonly name: string;
  /** By the subtype; what is not here is not taken. */
  readonly models: Names;
  /** What follows the sequence number. */
  readonly fields: readonly Field[];
}

export function kind(
  type: number,
  name: string,
  models: Names,
  ...fields: readonly (Field | readonly Field[])[]
): PacketKind {
  return { type, name, models, fields: fields.flat() };
}

/** Names for the numbers from `first` on. */
export function named(names: string, first = 0): Names {
  return Object.fromEntries(names.split(" ").map((name, index) => [index + first, name]));
}

/** `TH1` to `TH20`, as the SDK calls what has no name of its own. */
export function numbered(prefix: string, last: number, first = 1): Names {
  const numbers = Array.from({ length: last + 1 - first }, (_, index) => index + first);
  return Object.fromEntries(numbers.map((number) => [number, `${prefix}${number}`]));
}
