/** Longest name. docs/protocol.md, "Names". */
const MAX_CHARACTERS = 63;

/**
 * A device's own name for a value as the name of a metric: lower case, `_` for every character that a name may not
 * have, none of them at the beginning: `Heat Index` is heat_index, `A0` is a0, `_t` is t.
 * @returns undefined if nothing is left
 */
export function metricName(name: string): string | undefined {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, "_")
    .replace(/^[._-]+/, "")
    .slice(0, MAX_CHARACTERS);
  return plain === "" ? undefined : plain;
}
