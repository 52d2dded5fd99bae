import { Check } from "typebox/schema";
import { NAME_PATTERN } from "../message/index.ts";
import { expectation, foundText } from "./expectation.ts";
import { type Faults, type Path, pathText } from "./fault.ts";
import { isRecord, type JsonSchema, propertyOf } from "./json-schema.ts";
import { nameHint, nearChoice, scalarHint } from "./hint.ts";
import { NAME_TITLE } from "./name.ts";
import { type ConfigNode, type Entry, isNothing, type MapNode, plainOf, type ScalarNode } from "./node.ts";
import type { Span } from "./source.ts";
import { type Scope, unknownKey } from "./unknown-key.ts";

/** Gives the schema that holds for one map, where what is in the map decides that, as `driver` does for `settings`. */
export type Narrow = (schema: JsonSchema, map: MapNode) => JsonSchema;

/** Where a value stands: what it is called, what is told of when it is missing, and in which map. */
interface Spot {
  readonly path: Path;
  /** The key that holds the value. */
  readonly owner: Span;
  readonly up?: Scope;
}

/**
 * Holds a tree against a schema and tells every fault in it. Maps and lists are walked here, for the sake of places and
 * words; TypeBox decides on everything else, and on each map as a whole.
 * @returns the value with the schema's defaults; only to be used if no fault was added
 */
export function check(schema: JsonSchema, node: MapNode, narrow: Narrow, faults: Faults): unknown {
  return new Walk(narrow, faults).value(schema, node, {
    path: [],
    owner: { ...node.at, end: node.at.start },
  });
}

class Walk {
  readonly #narrow: Narrow;
  readonly #faults: Faults;
  /** Values that were passed over because a fault is known of them already. */
  #broken = 0;

  constructor(narrow: Narrow, faults: Faults) {
    this.#narrow = narrow;
    this.#faults = faults;
  }

  value(schema: JsonSchema, node: ConfigNode, spot: Spot): unknown {
    if (node.kind === "broken") {
      this.#broken++;
      return undefined;
    }
    if (schema.type === "object" && node.kind === "map")
      return this.#map(this.#narrow(schema, node), node, spot);
    if (schema.type === "array" && node.kind === "list") return this.#list(schema, node, spot);
    if (node.kind === "scalar") return this.#scalar(schema, node, spot);
    return this.#whole(schema, plainOf(node), node, spot);
  }

  #map(schema: JsonSchema, node: MapNode, spot: Spot): unknown {
    const before = this.#flaws();
    const scope: Scope = { schema, key: spot.path.at(-1) ?? "", ...(spot.up ? { up: spot.up } : {}) };
    const given = [...node.entries].map(
      ([key, entry]) => [key, this.#entry(key, entry, scope, spot)] as const,
    );
    const absent = Object.keys(schema.properties ?? {})
      .filter((key) => isAbsent(node.entries.get(key)))
      .map((key) => [key, this.#absent(key, scope, spot)] as const);
    const value = Object.fromEntries([...given, ...absent].filter(([, item]) => item !== undefined));
    if (this.#flaws() === before && !Check(schema, value))
      this.#faults.add(
        spot.owner,
        spot.path,
        `expected ${schema.description ?? schema.title ?? "other settings"}`,
      );
    return value;
  }

  #entry(key: string, entry: Entry, scope: Scope, { path }: Spot): unknown {
    const here = [...path, key];
    const spot: Spot = { path: here, owner: entry.key, up: scope };
    const property = propertyOf(scope.schema, key);
    if (property) return isNothing(entry.value) ? undefined : this.value(property, entry.value, spot);
    const item = recordItem(scope.schema, key);
    if (item) return this.value(item, given(item, entry), spot);
    if (item === undefined && isOpen(scope.schema)) return plainOf(entry.value);
    if (isRecord(scope.schema)) this.#badName(key, scope, spot);
    else {
      const { message, hint } = unknownKey(pathText(here), key, scope);
      this.#faults.add(entry.key, here, message, { hint });
    }
    return undefined;
  }

  #badName(key: string, { schema }: Scope, { path, owner }: Spot): void {
    const patterns = Object.keys(schema.patternProperties ?? {});
    const names = patterns.includes(NAME_PATTERN);
    const expected = names ? NAME_TITLE : `a key that matches ${patterns.join(" or ")}`;
    this.#faults.add(owner, path, `expected ${expected}, found ${JSON.stringify(key)}`, {
      hint: names ? nameHint(key) : undefined,
    });
  }

  #absent(key: string, { schema }: Scope, { path, owner, up }: Spot): unknown {
    const property = propertyOf(schema, key) ?? {};
    if (property.default !== undefined) return structuredClone(property.default);
    if (!schema.required?.includes(key)) return undefined;
    const here = [...path, key];
    // A map of which nothing was given still has its defaults, and its own missing settings.
    if (property.properties) {
      const scope: Scope = { schema, key, ...(up ? { up } : {}) };
      return this.value(
        property,
        { kind: "map", at: owner, entries: new Map() },
        { path: here, owner, up: scope },
      );
    }
    this.#faults.add(owner, here, `${pathText(here)} is missing: expected ${expectation(property)}`);
    return undefined;
  }

  #list(schema: JsonSchema, node: ConfigNode & { kind: "list" }, spot: Spot): unknown {
    const before = this.#flaws();
    const items = node.items.map((item, index) =>
      this.value(schema.items ?? {}, item, { ...spot, path: [...spot.path, String(index)] }),
    );
    return this.#flaws() === before ? this.#whole(schema, items, node, spot) : undefined;
  }

  #whole(schema: JsonSchema, value: unknown, node: ConfigNode, spot: Spot): unknown {
    if (Check(schema, value)) return value;
    this.#faults.add(node.at, spot.path, `expected ${expectation(schema)}, found ${foundText(node)}`);
    return undefined;
  }

  #flaws(): number {
    return this.#faults.count + this.#broken;
  }

  #scalar(schema: JsonSchema, node: ScalarNode, { path }: Spot): unknown {
    for (const value of [node.value, ...node.others]) if (Check(schema, value)) return value;
    const expected = `expected ${expectation(schema)}, found ${foundText(node)}`;
    this.#faults.add(node.at, path, `${expected}${nearChoice(schema, node)}`, {
      hint: scalarHint(schema, node),
    });
    return undefined;
  }
}

function isAbsent(entry: Entry | undefined): boolean {
  return entry === undefined || isNothing(entry.value);
}

/** A name with nothing behind it, as in `gps:`, is an empty map where a map is wanted. */
function given(schema: JsonSchema, { key, value }: Entry): ConfigNode {
  return isNothing(value) && schema.type === "object" ? { kind: "map", at: key, entries: new Map() } : value;
}

function recordItem(
  { patternProperties = {}, additionalProperties }: JsonSchema,
  key: string,
): JsonSchema | undefined {
  for (const [pattern, schema] of Object.entries(patternProperties))
    if (new RegExp(pattern, "u").test(key)) return schema;
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** A schema that says nothing of its keys takes any. */
function isOpen(schema: JsonSchema): boolean {
  if (schema.additionalProperties !== undefined) return schema.additionalProperties === true;
  return !isRecord(schema) && Object.keys(schema.properties ?? {}).length === 0;
}
