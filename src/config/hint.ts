import { Check } from "typebox/schema";
import { NAME_PATTERN, PORT_PATTERN, portAddressHint } from "../message/index.ts";
import { choicesOf, type JsonSchema } from "./json-schema.ts";
import { suggestName } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import type { ScalarNode } from "./node.ts";

/** `: did you mean "even"?` for a value that is nearly one of the choices. */
export function nearChoice(schema: JsonSchema, node: ScalarNode): string {
  const choices = choicesOf(schema)?.filter((choice) => typeof choice === "string");
  return choices && typeof node.value === "string" ? didYouMean(node.value, choices) : "";
}

/** What may help who wrote this value where the schema wants another. */
export function scalarHint(schema: JsonSchema, { value }: ScalarNode): string | undefined {
  if (schema.pattern === NAME_PATTERN && value !== null) return nameHint(String(value));
  if (schema.pattern === PORT_PATTERN && typeof value === "string") return portAddressHint(value);
  if (schema.type === "boolean" && typeof value === "string") return truthHint(value);
  if (schema.type === "array" && typeof value === "string")
    return `write it as a list: [${value.split(/\s+/).join(", ")}]`;
  if (typeof value === "string") return Check(schema, Number(value)) ? "leave out the quotes" : undefined;
  return value !== null && Check(schema, String(value))
    ? `for a text put it into quotes: "${String(value)}"`
    : undefined;
}

/** YAML 1.1 took these words for truth values; 1.2 does not. */
function truthHint(word: string): string | undefined {
  if (/^(?:y|yes|on|true|1)$/i.test(word)) return "write true";
  return /^(?:n|no|off|false|0)$/i.test(word) ? "write false" : undefined;
}

/** A legal name that is like the text. */
export function nameHint(text: string): string | undefined {
  const name = suggestName(text);
  return name === "" ? undefined : `${JSON.stringify(name)} would be a name`;
}
