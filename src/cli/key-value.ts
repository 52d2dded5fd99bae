import { DunlinError } from "../base/index.ts";
import type { Value } from "../message/index.ts";

/**
 * `key=value` words as a map. Numbers, `true`, `false`, `null` and `"quoted text"` are read as JSON; anything else is text.
 * @throws DunlinError `usage`
 */
export function parseKeyValues(words: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) throw new DunlinError("usage", `${JSON.stringify(word)} is not key=value`);
      return [word.slice(0, at), parseValue(word.slice(at + 1))];
    }),
  );
}

function parseValue(text: string): Value {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? text : (value as Value);
  } catch {
    return text;
  }
}
