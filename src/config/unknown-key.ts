import { isRecord, type JsonSchema, propertyOf } from "./json-schema.ts";
import { type Near, nearest } from "./nearest.ts";

/** Where in the schema a map stands: its own schema, and the map that it is in. */
export interface Scope {
  readonly schema: JsonSchema;
  /** The key that holds this map. */
  readonly key: string;
  readonly up?: Scope;
}

/** A place that an unknown key may belong to, and how people are told of it. */
interface Shelf {
  readonly keys: readonly string[];
  readonly where: string;
}

/** What is said of a key that the schema does not have: `… is not a setting of a device: did you mean "baudRate" (under line)?` */
export function unknownKey(path: string, key: string, scope: Scope): { message: string; hint?: string } {
  const message = `${path} is not a setting of ${scope.schema.title ?? scope.key}`;
  const near = nearestOf(key, shelvesAround(scope));
  if (near?.word === key) return { message: `${message}: it goes ${near.where}` };
  if (near)
    return {
      message: `${message}: did you mean ${JSON.stringify(near.word)}${near.where && ` (${near.where})`}?`,
    };
  if (key === "<<") return { message, hint: "merge keys are not followed: repeat the settings" };
  const known = Object.keys(scope.schema.properties ?? {});
  return { message, hint: known.length > 0 ? `it has ${known.join(", ")}` : "it has none" };
}

/** The map's own keys first; then a level down, a level up, and beside. */
function shelvesAround({ schema, key, up }: Scope): Shelf[] {
  const own = { keys: Object.keys(schema.properties ?? {}), where: "" };
  const above = up && {
    keys: Object.keys(up.schema.properties ?? {}),
    where: `one level up${up.key && `, in ${up.key}`}`,
  };
  return [
    own,
    ...shelvesBelow(schema),
    ...(above ? [above] : []),
    ...(up ? shelvesBelow(up.schema, key) : []),
  ];
}

function shelvesBelow(schema: JsonSchema, except?: string): Shelf[] {
  return Object.keys(schema.properties ?? {})
    .filter((name) => name !== except && !isRecord(propertyOf(schema, name) ?? {}))
    .map((name) => ({
      keys: Object.keys(propertyOf(schema, name)?.properties ?? {}),
      where: `under ${name}`,
    }));
}

function nearestOf(key: string, shelves: readonly Shelf[]): (Near & { where: string }) | undefined {
  let best: (Near & { where: string }) | undefined;
  for (const { keys, where } of shelves) {
    const near = nearest(key, keys);
    if (near && (best === undefined || near.distance < best.distance)) best = { ...near, where };
  }
  return best;
}
