import type { Outcome } from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import type { Pins } from "./pins.ts";
import {
  MODES,
  SYSEX_IDS,
  VERSION_QUERY,
  writeAnalogOutput,
  writeMode,
  writePin,
  writePort,
  writeSampling,
  writeSysex,
  type ModeName,
} from "./protocol.ts";

const PIN = {
  type: "integer",
  min: 0,
  max: 127,
  description: "the pin's number, not that behind an A",
} as const;

const command = (description: string, args: CommandDescription["arguments"]): CommandDescription => ({
  description,
  arguments: args,
  idempotent: true,
  cancellable: true,
  timeoutMs: 20_000,
});

export const COMMANDS: CommandDescriptions = {
  digital: command("make a pin an output and set it", {
    pin: PIN,
    value: { type: "boolean", description: "true is high" },
  }),
  pwm: command("make a pin a PWM output and set it", {
    pin: PIN,
    value: { type: "integer", min: 0, max: 2 ** 21 - 1, description: "0 to 255 with most boards" },
  }),
  servo: command("make a pin a servo's output and set it", {
    pin: PIN,
    angle: { type: "integer", unit: "deg", min: 0, max: 180 },
  }),
  mode: command("set what a pin is", { pin: PIN, mode: { type: "text", enum: Object.keys(MODES) } }),
  state: command("ask what a pin is, and what was written to it", { pin: PIN }),
  sampling: command("set how often analog inputs are read, until the line closes", {
    interval: { type: "integer", unit: "ms", min: 1, max: 16_383 },
  }),
  information: command("ask for the name and version of the firmware", {}),
};

/** What the board says that may be an answer. */
export type Answer =
  | { readonly type: "pin"; readonly pin: number; readonly mode: number; readonly state: number }
  | { readonly type: "firmware"; readonly name: string; readonly version: string }
  | { readonly type: "version"; readonly version: string };

export interface Order {
  readonly bytes: Buffer;
  /** @returns undefined if this is no answer to it */
  readonly outcomeOf: (answer: Answer) => Outcome | undefined;
}

export interface BoardState {
  readonly pins: Pins;
  /** Protocol, as 2.5 is 205; 0 if not known. */
  readonly protocol: number;
  /** What was written to each port, where pins cannot be written one by one. */
  readonly ports: Map<number, number>;
  readonly inputNameOf: (pin: number) => string | undefined;
}

/** From this version on a pin can be written by itself. revisions.md */
const PIN_WRITE = 205;

/** @returns what to write, or why it cannot be */
export function orderOf(name: string, args: Values, board: BoardState): Order | { readonly fault: string } {
  const pin = Number(args["pin"]);
  switch (name) {
    case "digital":
      return write(pin, "output", args["value"] === true ? 1 : 0, board);
    case "pwm":
      return write(pin, "pwm", Number(args["value"]), board);
    case "servo":
      return write(pin, "servo", Number(args["angle"]), board);
    case "mode":
      return setMode(pin, String(args["mode"]) as ModeName, board);
    case "state":
      return { bytes: stateQuery(pin), outcomeOf: (answer) => stateOf(answer, pin) };
    case "sampling":
      // It is not answered: that the board still answers is what confirms it.
      return {
        bytes: Buffer.concat([writeSampling(Number(args["interval"])), VERSION_QUERY]),
        outcomeOf: ({ type }) => (type === "version" ? { ok: true } : undefined),
      };
    default:
      return { bytes: writeSysex(SYSEX_IDS.firmware), outcomeOf: firmwareOf };
  }
}

function stateQuery(pin: number): Buffer {
  return writeSysex(SYSEX_IDS.pinStateQuery, pin);
}

function faultOf(pin: number, mode: ModeName, { pins, inputNameOf }: BoardState): string | undefined {
  const input = inputNameOf(pin);
  if (input !== undefined) return `pin ${pin} is the input ${input}`;
  return pins.has(pin, mode) ? undefined : `pin ${pin} of the board cannot be ${mode}`;
}

function setMode(pin: number, mode: ModeName, board: BoardState): Order | { readonly fault: string } {
  const fault = faultOf(pin, mode, board);
  if (fault !== undefined) return { fault };
  return {
    bytes: Buffer.concat([writeMode(pin, MODES[mode]), stateQuery(pin)]),
    outcomeOf: (answer) => confirm(answer, pin, mode),
  };
}

/** Nothing is acknowledged, so the pin is asked for what it is afterwards. "Pin state query" */
function write(
  pin: number,
  mode: "output" | "pwm" | "servo",
  value: number,
  board: BoardState,
): Order | { readonly fault: string } {
  const fault = faultOf(pin, mode, board);
  if (fault !== undefined) return { fault };
  const most = mode === "output" ? 1 : board.pins.maxOf(pin, mode);
  if (value > most) return { fault: `pin ${pin} takes 0 to ${most}` };
  const set = mode === "output" ? writeDigital(pin, value === 1, board) : writeAnalogOutput(pin, value);
  return {
    bytes: Buffer.concat([writeMode(pin, MODES[mode]), set, stateQuery(pin)]),
    outcomeOf: (answer) => confirm(answer, pin, mode, value),
  };
}

function writeDigital(pin: number, isHigh: boolean, { protocol, ports }: BoardState): Buffer {
  if (protocol >= PIN_WRITE) return writePin(pin, isHigh);
  const port = pin >> 3;
  const bit = 1 << (pin & 7);
  const before = ports.get(port) ?? 0;
  const bits = isHigh ? before | bit : before & ~bit;
  ports.set(port, bits);
  return writePort(port, bits);
}

function confirm(answer: Answer, pin: number, mode: ModeName, value?: number): Outcome | undefined {
  if (answer.type !== "pin" || answer.pin !== pin) return undefined;
  if (answer.mode !== MODES[mode])
    return { ok: false, reason: `the board did not make pin ${pin} ${mode}: it is ${modeName(answer.mode)}` };
  if (value !== undefined && answer.state !== value)
    return { ok: false, reason: `the board has ${answer.state} at pin ${pin}` };
  return { ok: true };
}

function stateOf(answer: Answer, pin: number): Outcome | undefined {
  if (answer.type !== "pin" || answer.pin !== pin) return undefined;
  return { ok: true, result: { mode: modeName(answer.mode), state: answer.state } };
}

function modeName(mode: number): string {
  return Object.entries(MODES).find(([, number]) => number === mode)?.[0] ?? String(mode);
}

function firmwareOf(answer: Answer): Outcome | undefined {
  if (answer.type !== "firmware") return undefined;
  return { ok: true, result: { firmware: answer.name, version: answer.version } };
}
