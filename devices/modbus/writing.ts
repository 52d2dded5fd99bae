import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import { describeFunction, functionWriting } from "./functions.ts";
import { readRequest, writeCoil, writeRegisters, type Request } from "./frames.ts";
import { decodeNumber, encodeNumber, scaled } from "./numbers.ts";
import { SIZES, type Profile, type ProfileCommand } from "./profile.ts";

/** The argument of a command that has one. */
const ARGUMENT = "value";
const TIMEOUT_MS = 10_000;

/** A command as requests: what is written, and how it is read again. */
export interface Writing {
  readonly request: Request;
  /** What the reply itself means: the command's result, or why it has failed. Absent where any reply is right. */
  readonly check?: (pdu: Buffer) => Values | string;
  readonly readBack?: { readonly request: Request; check(pdu: Buffer): Values | string };
}

export function commandsOf({ commands = {}, functions = {} }: Profile): CommandDescriptions {
  return Object.fromEntries([
    ...Object.entries(commands).map(([name, command]) => [name, describe(command)] as const),
    ...Object.entries(functions).map(([name, one]) => [name, describeFunction(one)] as const),
  ]);
}

/** @returns a sentence if the device has no room for the value */
export function writingOf(profile: Profile, name: string, args: Values): Writing | string {
  const own = profile.functions?.[name];
  if (own) return functionWriting(own);
  const command = profile.commands?.[name];
  if (!command) return `the profile has no command ${name}`;
  const raw = rawOf(command, args[ARGUMENT]);
  if (command.table === "coil") return coilWriting(command, raw !== 0);
  const { type = "uint16", register } = command;
  const order = command.wordOrder ?? profile.wordOrder ?? "high-first";
  const registers = encodeNumber(raw, type, order);
  if (!registers) return `${raw} is no ${type}`;
  const request = writeRegisters(register, registers, command.function16);
  if (command.readBack === false) return { request };
  const check = (pdu: Buffer): Values | string => {
    const found = decodeNumber(pdu.subarray(2), 0, type, order);
    return found === raw ? { [ARGUMENT]: scaled(found, command.scale ?? 1, 0) } : mismatch(raw, found);
  };
  return { request, readBack: { request: readRequest("holding", register, SIZES[type] / 2), check } };
}

function coilWriting({ register, readBack }: ProfileCommand, on: boolean): Writing {
  const request = writeCoil(register, on);
  if (readBack === false) return { request };
  const check = (pdu: Buffer): Values | string => {
    const found = ((pdu[2] ?? 0) & 1) === 1;
    return found === on ? { [ARGUMENT]: found } : mismatch(Number(on), Number(found));
  };
  return { request, readBack: { request: readRequest("coil", register, 1), check } };
}

function mismatch(wanted: number, found: number): string {
  return `the device took it, but has ${found} there and not ${wanted}`;
}

function rawOf({ value, values, scale = 1 }: ProfileCommand, given: unknown): number {
  if (value !== undefined) return value;
  if (values) return values[String(given)] ?? 0;
  if (typeof given === "boolean") return given ? 1 : 0;
  return Math.round((Number(given) / scale) * 1e6) / 1e6;
}

function describe(command: ProfileCommand): CommandDescription {
  const {
    description,
    value,
    values,
    table,
    minimum: min,
    maximum: max,
    unit,
    type = "uint16",
    scale,
  } = command;
  const base = { description, idempotent: true, timeoutMs: TIMEOUT_MS };
  if (value !== undefined) return { ...base, arguments: {} };
  if (values) return { ...base, arguments: { [ARGUMENT]: { type: "text", enum: Object.keys(values) } } };
  if (table === "coil") return { ...base, arguments: { [ARGUMENT]: { type: "boolean" } } };
  const isWhole = !type.startsWith("float") && (scale === undefined || Number.isInteger(scale));
  return {
    ...base,
    arguments: {
      [ARGUMENT]: {
        type: isWhole ? "integer" : "number",
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(unit === undefined ? {} : { unit }),
      },
    },
  };
}
