import type { Argument, CommandDescription, Metric, MetricType } from "../message/index.ts";
import { Float32, type Item } from "./cbor.ts";

/** What the items of a self-description say. firmware-bridge/SPEC.md, "Self-description". */
export const ITEM_KINDS = { metric: 0, command: 1, argument: 2 } as const;
export const COMMAND_FLAGS = { idempotent: 1, cancellable: 2 } as const;
export const ARGUMENT_FLAGS = { optional: 1 } as const;
const TYPES: readonly MetricType[] = ["number", "integer", "boolean", "text"];

export interface Named<T> {
  readonly name: string;
  readonly is: T;
}

/** The fields of an item after its number. What is not there at the end is null. */
type Fields = readonly Item[];

export function readMetric([, name, type, unit, description]: Fields): Named<Metric> | undefined {
  const known = typeOf(type);
  const texts = { ...textOf("unit", unit), ...textOf("description", description) };
  return typeof name === "string" && known ? { name, is: { type: known, ...texts } } : undefined;
}

export function readCommand([, name, flags, timeout, description]: Fields):
  Named<CommandDescription> | undefined {
  if (typeof name !== "string" || typeof flags !== "number" || typeof timeout !== "number") return undefined;
  return {
    name,
    is: {
      description: typeof description === "string" ? description : "",
      arguments: {},
      ...(flags & COMMAND_FLAGS.idempotent ? { idempotent: true } : {}),
      ...(flags & COMMAND_FLAGS.cancellable ? { cancellable: true } : {}),
      ...(timeout > 0 ? { timeoutMs: timeout } : {}),
    },
  };
}

export function readArgument([, name, type, unit, minimum, maximum, flags, description]: Fields):
  Named<Argument> | undefined {
  const known = typeOf(type);
  if (typeof name !== "string" || !known || typeof flags !== "number") return undefined;
  const is: Argument = {
    type: known,
    ...textOf("unit", unit),
    ...numberOf("min", minimum),
    ...numberOf("max", maximum),
    ...textOf("description", description),
    ...(flags & ARGUMENT_FLAGS.optional ? { optional: true } : {}),
  };
  return { name, is };
}

export function writeMetric(name: string, { type, unit, description }: Metric): Item[] {
  return [ITEM_KINDS.metric, name, TYPES.indexOf(type), unit ?? null, description ?? null];
}

/** The command's item and those of its arguments. */
export function writeCommand(name: string, command: CommandDescription): Item[][] {
  const { idempotent, cancellable, timeoutMs = 0, description } = command;
  const flags = (idempotent ? COMMAND_FLAGS.idempotent : 0) | (cancellable ? COMMAND_FLAGS.cancellable : 0);
  return [
    [ITEM_KINDS.command, name, flags, timeoutMs, description],
    ...Object.entries(command.arguments).map(
      ([argument, { type, unit, min, max, optional, description }]) => [
        ITEM_KINDS.argument,
        argument,
        TYPES.indexOf(type),
        unit ?? null,
        min ?? null,
        max ?? null,
        optional ? ARGUMENT_FLAGS.optional : 0,
        description ?? null,
      ],
    ),
  ];
}

function typeOf(item: Item | undefined): MetricType | undefined {
  return typeof item === "number" ? TYPES[item] : undefined;
}

function textOf<K extends string>(key: K, item: Item | undefined): { [P in K]?: string } {
  return (typeof item === "string" && item !== "" ? { [key]: item } : {}) as { [P in K]?: string };
}

function numberOf<K extends string>(key: K, item: Item | undefined): { [P in K]?: number } {
  const value = item instanceof Float32 ? item.value : item;
  return (typeof value === "number" ? { [key]: value } : {}) as { [P in K]?: number };
}
