import type { Span } from "./source.ts";

/** A YAML value with the place of each of its parts. Aliases are already followed, environment variables already in. */
export type ConfigNode = MapNode | ListNode | ScalarNode | BrokenNode;

export interface MapNode {
  readonly kind: "map";
  readonly at: Span;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** Where the key is. */
  readonly key: Span;
  readonly value: ConfigNode;
}

export interface ListNode {
  readonly kind: "list";
  readonly at: Span;
  readonly items: readonly ConfigNode[];
}

export type Scalar = string | number | boolean | null;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly at: Span;
  /** As YAML has it: `5` without quotes is a number, `"5"` a text. */
  readonly value: Scalar;
  /**
   * What else the value may be taken for, best first, where an environment variable gave it: a variable is always a
   * text, and `${…}` needs quotes inside of `{ }`, so that quotes say nothing about the type that is meant.
   */
  readonly others: readonly Scalar[];
  /** The environment variables that are in it. */
  readonly variables: readonly string[];
}

/** A fault has been told of this value; whatever stands here is not looked at again. */
export interface BrokenNode {
  readonly kind: "broken";
  readonly at: Span;
}

/** A key with nothing behind it is as good as no key. */
export function isNothing(node: ConfigNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** The entries of a map, or of a map within a map; none if there is no map there. */
export function entriesAt(node: ConfigNode, ...path: string[]): ReadonlyMap<string, Entry> {
  const [first, ...rest] = path;
  if (node.kind !== "map") return new Map();
  if (first === undefined) return node.entries;
  const entry = node.entries.get(first);
  return entry === undefined ? new Map() : entriesAt(entry.value, ...rest);
}

/** The text of a scalar, or undefined if it is none. */
export function textOf(node: ConfigNode | undefined): string | undefined {
  if (node?.kind !== "scalar") return undefined;
  return [node.value, ...node.others].find((value) => typeof value === "string");
}

/** The value as plain data, for what nobody looks into. */
export function plainOf(node: ConfigNode): unknown {
  switch (node.kind) {
    case "map":
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
    case "list":
      return node.items.map(plainOf);
    case "scalar":
      return node.value;
    case "broken":
      return undefined;
  }
}
