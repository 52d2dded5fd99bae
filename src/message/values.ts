import { isMap } from "./cbor.ts";
import type { Values } from "./description.ts";

/** Whether something that came over a wire is a map of values: finite numbers, texts, booleans, null; nothing nested. */
export function isValues(raw: unknown): raw is Values {
  return isMap(raw) && Object.values(raw).every(isValue);
}

function isValue(value: unknown): boolean {
  return (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}
