import type { Faults, Path } from "./fault.ts";
import { type Entry, isNothing, type MapNode } from "./node.ts";
import { placeText, type Span } from "./source.ts";

/**
 * Puts one file's tree into another's. Maps are merged, key by key; anything else may be set by one file only, so that
 * what is in force never hangs on which file is read last.
 */
export function merge(into: MapNode, from: MapNode, faults: Faults): MapNode {
  return mergeMaps(into, from, [], faults);
}

/** `is set twice: first at agent.yaml:9:3` */
export function setTwice(first: Span): string {
  return `is set twice: first at ${placeText(first)}`;
}

function mergeMaps(into: MapNode, from: MapNode, path: Path, faults: Faults): MapNode {
  const entries = new Map(into.entries);
  for (const [name, entry] of from.entries) {
    const first = entries.get(name);
    entries.set(name, first ? mergeEntries(first, entry, [...path, name], faults) : entry);
  }
  return { kind: "map", at: into.at, entries };
}

function mergeEntries(first: Entry, second: Entry, path: Path, faults: Faults): Entry {
  if (isNothing(second.value)) return first;
  if (isNothing(first.value)) return second;
  if (first.value.kind === "map" && second.value.kind === "map")
    return { key: first.key, value: mergeMaps(first.value, second.value, path, faults) };
  faults.add(second.key, path, `${path.at(-1) ?? ""} ${setTwice(first.key)}`);
  return first;
}
