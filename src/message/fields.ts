import { isMap } from "./cbor.ts";

/** What a status has by name. What it does not have, or not in the expected type, is not told: the rest is. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isMap(value) ? value : {};
}

export function entriesOf(value: unknown): [string, Fields][] {
  return Object.entries(fieldsOf(value)).map(([name, one]) => [name, fieldsOf(one)]);
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
