import { choicesOf, type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { DeviceSchema } from "./device-schema.ts";
import { ConfigSchema, type DriverSchema, settingsSchema } from "./schema.ts";

/** Any value may be put together from environment variables; what is in them is not the editor's affair. */
const FROM_ENVIRONMENT: JsonSchema = { $ref: "#/$defs/fromEnvironment" };

/**
 * The JSON Schema (draft 2020-12) of a configuration file, for editors: completion, descriptions, and most faults while
 * typing. `dunlin check` knows more: rules between settings, and files merged.
 * @returns plain JSON
 */
export function jsonSchema(drivers: Iterable<DriverSchema>): Record<string, unknown> {
  const schema = new EditorSchema([...drivers]).of(jsonSchemaOf(ConfigSchema));
  const whole = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    $defs: {
      fromEnvironment: {
        type: "string",
        pattern: "\\$\\{",
        description: "${NAME}, or ${NAME:-default} for when it is unset or empty. $${ is a ${ that stays.",
      },
    },
  };
  return JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
}

/** Makes of a schema for complete values one for what people write: what has a default may be left out, and variables may stand for values. */
class EditorSchema {
  readonly #drivers: readonly DriverSchema[];

  constructor(drivers: readonly DriverSchema[]) {
    this.#drivers = drivers;
  }

  of(schema: JsonSchema): JsonSchema {
    if (schema.type === "object")
      return schema === jsonSchemaOf(DeviceSchema) ? this.#device(schema) : this.#map(schema);
    if (schema.type === "array")
      return { ...schema, ...(schema.items ? { items: this.of(schema.items) } : {}) };
    return isFreeText(schema) ? schema : orVariable(schema);
  }

  #map(schema: JsonSchema): JsonSchema {
    const { properties, patternProperties } = schema;
    return {
      ...schema,
      // `gps:` with nothing behind it is an empty map, where an empty map will do.
      type: toBeGiven(schema).length === 0 ? ["object", "null"] : "object",
      ...(properties ? { properties: this.#each(properties), required: toBeGiven(schema) } : {}),
      ...(patternProperties ? { patternProperties: this.#each(patternProperties) } : {}),
      additionalProperties: schema.additionalProperties ?? Object.keys(properties ?? {}).length === 0,
    };
  }

  #each(schemas: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
    return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, this.of(schema)]));
  }

  #device(schema: JsonSchema): JsonSchema {
    const names = this.#drivers.map(({ name }) => name);
    const { title = "", description = "" } = schema.properties?.["driver"] ?? {};
    const driver = { title, description, enum: names };
    const device = this.#map({ ...schema, properties: { ...schema.properties, driver } });
    return { ...device, allOf: this.#drivers.map((one) => this.#settingsIf(one)) };
  }

  #settingsIf(driver: DriverSchema): JsonSchema {
    const settings = settingsSchema(driver);
    return {
      if: { properties: { driver: { const: driver.name } }, required: ["driver"] },
      // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
      then: {
        properties: { settings: this.of(settings) },
        ...(canBeLeftOut(settings) ? {} : { required: ["settings"] }),
      },
    };
  }
}

function toBeGiven({ properties = {}, required = [] }: JsonSchema): readonly string[] {
  return required.filter((key) => !canBeLeftOut(properties[key] ?? {}));
}

function canBeLeftOut(schema: JsonSchema): boolean {
  return schema.default !== undefined || (schema.properties !== undefined && toBeGiven(schema).length === 0);
}

/** A text without any rule takes a variable as it is. */
function isFreeText(schema: JsonSchema): boolean {
  const ruled = schema.pattern ?? schema.minLength ?? schema.maxLength ?? choicesOf(schema);
  return Object.keys(schema).length === 0 || (schema.type === "string" && ruled === undefined);
}

function orVariable({ title, description, default: fallback, examples, ...rule }: JsonSchema): JsonSchema {
  const notes = Object.entries({ title, description, default: fallback, examples }).filter(
    ([, note]) => note !== undefined,
  );
  return { ...Object.fromEntries(notes), anyOf: [rule, FROM_ENVIRONMENT] };
}
