import type { Outcome } from "../../src/device/index.ts";
import type { Argument, CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import {
  ANSWERS,
  COMMANDS,
  FLAG_FAULTS,
  registerOf,
  writeHex,
  writeRegister,
  type HexFrame,
  type RegisterValue,
} from "./hex.ts";
import { HISTORY_DAYS, HISTORY_REGISTER, historyOf } from "./history.ts";
import { describeRegister, encodeRegister, parseRegister } from "./registers.ts";
import { LOAD_REGISTER, MODE_REGISTER, RELAY_REGISTER } from "./registers.table.ts";

export const DEVICES = ["any", "mppt", "bmv", "inverter"] as const;
export type DeviceKind = (typeof DEVICES)[number];

/** What a command writes, and how its answer is known. */
export interface Order {
  readonly bytes: Buffer;
  /** @returns undefined for a frame that is no answer to this. Absent if there is none: succeeded when it is written. */
  answer?(frame: HexFrame): Outcome | undefined;
}

/** Values of the registers behind commands of their own. BlueSolar HEX protocol, 0x0200 and 0xEDAB; Phoenix inverter, 0x0200. */
const LOAD_STATES: Readonly<Record<string, number>> = { off: 0, auto: 1, on: 4 };
const MODES: Readonly<Partial<Record<DeviceKind, Readonly<Record<string, number>>>>> = {
  mppt: { on: 1, off: 4 },
  inverter: { on: 2, off: 4, eco: 5 },
};

const REGISTER: Argument = { type: "text", min: 3, max: 6, description: "its number, as 0xEDF0" };

function command(
  description: string,
  args: CommandDescription["arguments"],
  idempotent = true,
): CommandDescription {
  return { description, arguments: args, idempotent, cancellable: true, timeoutMs: 10_000 };
}

function choice(states: Readonly<Record<string, number>>): CommandDescription["arguments"] {
  return { state: { type: "text", enum: Object.keys(states) } };
}

const COMMON: CommandDescriptions = {
  ping: command("ask whether the device is there; the result is its firmware's version", {}),
  restart: command("restart the device", {}, false),
  get: command("read a register", { register: REGISTER }),
  set: command("write a register, in its unit if it is a known one; the device keeps it", {
    register: REGISTER,
    value: { type: "number", min: -(2 ** 31), max: 2 ** 32 - 1 },
    size: { type: "integer", enum: [1, 2, 4], optional: true, description: "of an unknown one, bytes" },
  }),
};
const LOAD = command("switch the load output, or leave it to the charger", choice(LOAD_STATES));
const RELAY = command("switch the relay, if it is set to be switched from outside", {
  on: { type: "boolean" },
});
const HISTORY = command("read a day of a charger's history", {
  day: { type: "integer", min: 0, max: HISTORY_DAYS - 1, description: "0 is today, 1 yesterday" },
});

export function commandsOf(device: DeviceKind): CommandDescriptions {
  const states = MODES[device];
  return {
    ...COMMON,
    ...(states ? { mode: command("switch the device", choice(states)) } : {}),
    ...(device === "mppt" || device === "any" ? { load: LOAD, history: HISTORY } : {}),
    ...(device === "bmv" || device === "any" ? { relay: RELAY } : {}),
  };
}

/** @returns what to write, or why it cannot be */
export function orderOf(device: DeviceKind, name: string, args: Values): Order | { readonly fault: string } {
  const state = String(args["state"]);
  switch (name) {
    case "ping":
      return { bytes: writeHex(COMMANDS.ping), answer: answeredPing };
    case "restart":
      return { bytes: writeHex(COMMANDS.restart) };
    case "load":
      return set(LOAD_REGISTER, LOAD_STATES[state] ?? 0);
    case "mode":
      return set(MODE_REGISTER, MODES[device]?.[state] ?? 0);
    case "relay":
      return set(RELAY_REGISTER, args["on"] === true ? 1 : 0);
    case "history":
      return history(Number(args["day"]));
  }
  const register = parseRegister(String(args["register"]));
  if (register === undefined) return { fault: `register must be as 0xEDF0: 0x and up to four digits` };
  if (name === "get") return get(register, describeRegister);
  const size = args["size"];
  return set(register, Number(args["value"]), typeof size === "number" ? size : undefined);
}

function get(register: number, describe: (value: RegisterValue) => Values): Order {
  return {
    bytes: writeRegister(COMMANDS.get, { register, flags: 0, value: Buffer.of() }),
    answer: (frame) => answered(frame, ANSWERS.get, register, describe),
  };
}

function set(register: number, value: number, size?: number): Order | { readonly fault: string } {
  const bytes = encodeRegister(register, value, size);
  if ("fault" in bytes) return bytes;
  return {
    bytes: writeRegister(COMMANDS.set, { register, flags: 0, value: bytes }),
    answer: (frame) => answered(frame, ANSWERS.set, register, describeRegister),
  };
}

function history(day: number): Order {
  return get(
    HISTORY_REGISTER + day,
    ({ value, ...rest }) => historyOf(value) ?? describeRegister({ value, ...rest }),
  );
}

function answeredPing({ command: answer, data }: HexFrame): Outcome | undefined {
  if (answer !== ANSWERS.ping || data.length < 2) return fault(answer);
  // The two upper bits say of what kind the firmware is: 0x4116 is 1.16. BlueSolar HEX protocol, 1.
  const version = (data.readUInt16LE(0) & 0x3fff).toString(16).padStart(3, "0");
  return { ok: true, result: { firmware: `${version.slice(0, -2)}.${version.slice(-2)}` } };
}

function answered(
  frame: HexFrame,
  wanted: number,
  register: number,
  describe: (value: RegisterValue) => Values,
): Outcome | undefined {
  const value = frame.command === wanted ? registerOf(frame) : undefined;
  if (!value) return fault(frame.command);
  if (value.register !== register) return undefined;
  if (value.flags === 0) return { ok: true, result: describe(value) };
  return { ok: false, reason: FLAG_FAULTS[value.flags] ?? `the device answers with flags ${value.flags}` };
}

/** Answers that tell no register: they are to what was sent last. */
function fault(answer: number): Outcome | undefined {
  if (answer === ANSWERS.unknown) return { ok: false, reason: "the device does not know the command" };
  if (answer === ANSWERS.error) return { ok: false, reason: "the device could not read the command" };
  return undefined;
}
