import type { Argument, CommandDescription, Value, Values } from "./description.ts";

/**
 * Holds arguments against what the command declares.
 * @returns what is wrong, as one sentence that names the argument, or undefined
 */
export function faultInArguments(args: Values, command: CommandDescription): string | undefined {
  for (const name of Object.keys(args))
    if (!Object.hasOwn(command.arguments, name)) return unknownArgument(name, command);
  for (const [name, argument] of Object.entries(command.arguments)) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value === undefined) {
      if (argument.optional !== true) return `argument ${name} is missing: ${expectation(argument)}`;
    } else if (!fits(value, argument))
      return `argument ${name} is ${JSON.stringify(value)}: expected ${expectation(argument)}`;
  }
  return undefined;
}

/** What a value must be, in words: `integer from 1 to 10, Hz`. */
export function expectation(argument: Argument): string {
  if (argument.enum) return `one of ${argument.enum.join(", ")}`;
  const { type, min, max, unit } = argument;
  const noun = type === "text" ? "length " : "";
  const range =
    min !== undefined && max !== undefined ? ` ${noun}from ${min} to ${max}` : bound(noun, min, max);
  return `${type}${range}${unit === undefined ? "" : `, ${unit}`}`;
}

function bound(noun: string, min?: number, max?: number): string {
  if (min !== undefined) return ` ${noun}at least ${min}`;
  return max === undefined ? "" : ` ${noun}at most ${max}`;
}

function fits(value: Value, argument: Argument): boolean {
  if (argument.enum && !argument.enum.includes(value as string | number)) return false;
  switch (argument.type) {
    case "number":
      return typeof value === "number" && Number.isFinite(value) && within(value, argument);
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) && within(value, argument);
    case "boolean":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string" && within(Buffer.byteLength(value), argument);
  }
}

function within(size: number, { min = -Infinity, max = Infinity }: Argument): boolean {
  return size >= min && size <= max;
}

function unknownArgument(name: string, command: CommandDescription): string {
  const known = Object.keys(command.arguments);
  return `argument ${name} is unknown: ${known.length > 0 ? `it takes ${known.join(", ")}` : "it takes none"}`;
}
