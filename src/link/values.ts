import type { ArgumentType, Value } from "../message/index.ts";
import { Float32, isInteger32 } from "./cbor.ts";
import type { LinkValue } from "./messages.ts";

/** What came as a value of this type, or undefined if it is none. */
export function fromLink(value: LinkValue, type: ArgumentType): Value | undefined {
  if (value === null) return null;
  const plain = plainOf(value);
  switch (type) {
    case "number":
      return typeof plain === "number" || plain === null ? plain : undefined;
    case "integer":
      return typeof value === "number" ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
  }
}

/** Of a result it is not known what its types are. */
export function plainOf(value: LinkValue): Value {
  return value instanceof Float32 ? value.value : value;
}

/** How it goes over the link; undefined if it cannot: an integer of more than 32 bits. Of a number, what 32 bits have room for. */
export function toLink(value: Value, type: ArgumentType): LinkValue | undefined {
  if (typeof value !== "number") return value;
  if (isInteger32(value)) return value;
  return type === "integer" ? undefined : new Float32(Math.fround(value));
}
