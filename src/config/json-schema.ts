import type { TSchema } from "typebox";

/** The part of JSON Schema (draft 2020-12) that is read key by key; TypeBox schemas are such objects. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly allOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly $ref?: string;
}

/** A TypeBox schema is a JSON Schema; its types only hide it. */
export function jsonSchemaOf(schema: TSchema): JsonSchema {
  return schema as JsonSchema;
}

/** Property of a map schema by key, own ones only: a key may be called `constructor`. */
export function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  return schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}

/** A schema whose keys are the user's to choose. */
export function isRecord(schema: JsonSchema): boolean {
  return schema.patternProperties !== undefined || typeof schema.additionalProperties === "object";
}

/** The words that a choice is made of, or undefined if the schema is no choice of constants. */
export function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.enum) return schema.enum;
  if (schema.const !== undefined) return [schema.const];
  const choices = schema.anyOf?.map(choicesOf);
  return choices?.every((list) => list !== undefined) ? choices.flat() : undefined;
}
