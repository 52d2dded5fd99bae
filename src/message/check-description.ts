import { DunlinError } from "../base/index.ts";
import { isMap } from "./cbor.ts";
import type {
  Argument,
  CommandDescription,
  CommandDescriptions,
  Metric,
  Metrics,
  MetricType,
} from "./description.ts";
import { isName } from "./name.ts";

/** Most metrics, commands or arguments that one device may declare. */
export const MAX_DECLARED = 256;

const TYPES: ReadonlySet<unknown> = new Set<MetricType>(["number", "integer", "boolean", "text"]);

/** Metrics as a component sent them, of which nothing is trusted. @throws DunlinError `message-invalid` naming the metric */
export function checkMetrics(raw: unknown): Metrics {
  return mapOf(raw, "metric", (entry, name): Metric => ({
    type: typeOf(entry, `metric ${name}`),
    ...textOf(entry, "unit"),
    ...textOf(entry, "description"),
  }));
}

/** @throws DunlinError `message-invalid` naming the command */
export function checkCommands(raw: unknown): CommandDescriptions {
  return mapOf(raw, "command", (entry, name): CommandDescription => {
    const timeoutMs = entry["timeoutMs"];
    return {
      description: textOf(entry, "description").description ?? "",
      arguments: mapOf(entry["arguments"], `argument of command ${name}`, checkArgument),
      ...(entry["idempotent"] === true ? { idempotent: true } : {}),
      ...(entry["cancellable"] === true ? { cancellable: true } : {}),
      ...(typeof timeoutMs === "number" && timeoutMs > 0 ? { timeoutMs } : {}),
    };
  });
}

function checkArgument(entry: Readonly<Record<string, unknown>>, name: string): Argument {
  const { min, max, enum: choices } = entry;
  return {
    type: typeOf(entry, `argument ${name}`),
    ...textOf(entry, "unit"),
    ...textOf(entry, "description"),
    ...(typeof min === "number" ? { min } : {}),
    ...(typeof max === "number" ? { max } : {}),
    ...(Array.isArray(choices)
      ? { enum: choices.filter((choice) => typeof choice === "string" || typeof choice === "number") }
      : {}),
    ...(entry["optional"] === true ? { optional: true } : {}),
  };
}

function mapOf<T>(
  raw: unknown,
  what: string,
  check: (entry: Readonly<Record<string, unknown>>, name: string) => T,
): Readonly<Record<string, T>> {
  if (raw === undefined) return {};
  if (!isMap(raw)) throw invalid(`${what}s must be a map by name`);
  const entries = Object.entries(raw);
  if (entries.length > MAX_DECLARED) throw invalid(`${entries.length} ${what}s: at most ${MAX_DECLARED}`);
  return Object.fromEntries(
    entries.map(([name, entry]) => {
      if (!isName(name)) throw invalid(`${what} ${JSON.stringify(name)}: not a name`);
      if (!isMap(entry)) throw invalid(`${what} ${name} must be a map`);
      return [name, check(entry, name)];
    }),
  );
}

function typeOf(entry: Readonly<Record<string, unknown>>, what: string): MetricType {
  const type = entry["type"];
  if (TYPES.has(type)) return type as MetricType;
  throw invalid(`${what}: type must be number, integer, boolean or text`);
}

function textOf<K extends string>(entry: Readonly<Record<string, unknown>>, key: K): { [P in K]?: string } {
  const value = entry[key];
  return (typeof value === "string" ? { [key]: value.slice(0, 256) } : {}) as { [P in K]?: string };
}

function invalid(message: string): DunlinError {
  return new DunlinError("message-invalid", message);
}
