import { choicesOf, type JsonSchema } from "./json-schema.ts";
import type { ConfigNode } from "./node.ts";

/** A found value is told with at most this many characters of it. */
const SHOWN = 60;

/** What a value must be, in words: `a whole number from 1 to 4000000`. */
export function expectation(schema: JsonSchema): string {
  const choices = choicesOf(schema);
  if (choices)
    return choices.length === 1
      ? wordOf(choices[0])
      : `one of ${choices.map((choice) => wordOf(choice)).join(", ")}`;
  if (schema.anyOf) return schema.title ?? schema.anyOf.map(expectation).join(", or ");
  const type = typeof schema.type === "string" ? schema.type : "";
  switch (type) {
    case "integer":
      return `${schema.title ?? "a whole number"}${range(schema)}`;
    case "number":
      return `${schema.title ?? "a number"}${range(schema)}`;
    case "string":
      return schema.title ?? textExpectation(schema);
    case "boolean":
      return "true or false";
    case "array":
      return schema.title ?? listExpectation(schema);
    case "object":
      return "a map of settings";
    default:
      return schema.title ?? schema.description ?? "another value";
  }
}

/** What was found instead, in words: `"fast"`, `a list`. */
export function foundText(node: ConfigNode): string {
  switch (node.kind) {
    case "map":
      return "a map of settings";
    case "list":
      return node.items.length === 0 ? "an empty list" : "a list";
    case "broken":
      return "a broken value";
    case "scalar":
      if (node.value === null) return "nothing";
      return `${cut(wordOf(node.value, true))}${node.variables.length > 0 ? ` from ${node.variables.map((name) => `\${${name}}`).join(" and ")}` : ""}`;
  }
}

function textExpectation({ pattern, minLength, maxLength }: JsonSchema): string {
  return `text${size("character", minLength, maxLength)}${pattern === undefined ? "" : ` that matches ${pattern}`}`;
}

function listExpectation({ items, minItems, maxItems }: JsonSchema): string {
  const each = items === undefined || Object.keys(items).length === 0 ? "" : `, each ${expectation(items)}`;
  return `a list${size("item", minItems, maxItems)}${each}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low = minimum ?? exclusiveMinimum;
  const high = maximum ?? exclusiveMaximum;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const above = low === undefined ? "" : ` ${minimum === undefined ? "above" : "of at least"} ${low}`;
  const below = high === undefined ? "" : ` ${maximum === undefined ? "below" : "of at most"} ${high}`;
  return `${above}${above && below ? " and" : ""}${below}`;
}

function size(noun: string, least?: number, most?: number): string {
  const counted = (count: number): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  if (least !== undefined && least === most) return ` of ${counted(least)}`;
  if (least !== undefined && most !== undefined) return ` of ${least} to ${counted(most)}`;
  if (least !== undefined && least > 0) return ` of at least ${counted(least)}`;
  return most === undefined ? "" : ` of at most ${counted(most)}`;
}

function wordOf(value: unknown, quoted = false): string {
  return typeof value === "string" && !quoted
    ? value
    : typeof value === "number"
      ? String(value)
      : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
