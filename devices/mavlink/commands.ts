import type { CommandDescriptions, Values } from "../../src/message/index.ts";
import type { RawFields } from "./fields.ts";
import { READ_MESSAGES, messageNamed } from "./messages.ts";

/** MAV_CMD. */
const SET_MESSAGE_INTERVAL = 511;
const REQUEST_MESSAGE = 512;
const US_PER_MS = 1_000;

const ASKED = { idempotent: true, cancellable: true, timeoutMs: 15_000 } as const;
const NAME = {
  type: "text",
  min: 1,
  max: 40,
  description: "as GLOBAL_POSITION_INT, or its number",
} as const;

/** Nothing that moves a vehicle, arms it, or changes what it is set to. */
export const COMMANDS: CommandDescriptions = {
  interval: {
    description: "set how often the vehicle sends a message, until it is switched off",
    arguments: {
      name: NAME,
      interval: { type: "integer", unit: "ms", min: 0, max: 3_600_000, description: "0: no more" },
    },
    ...ASKED,
  },
  request: {
    description: "have the vehicle send a message once; its values are the result",
    arguments: { name: { ...NAME, enum: READ_MESSAGES } },
    ...ASKED,
  },
  parameter: {
    description: "ask for one of the vehicle's parameters",
    arguments: { name: { type: "text", min: 1, max: 16, description: "as BATT_CAPACITY" } },
    ...ASKED,
  },
};

/** What to send, and what ends it. */
export type Order =
  | {
      readonly kind: "command";
      readonly command: number;
      readonly params: RawFields;
      /** This message is the answer that is waited for, beside the acknowledgement. */
      readonly wants?: number;
    }
  | { readonly kind: "parameter"; readonly name: string };

/** @returns why it cannot be done instead, for what a description cannot say */
export function orderOf(name: string, args: Values): Order | { readonly fault: string } {
  const asked = String(args["name"]);
  if (name === "parameter") return { kind: "parameter", name: asked };
  const id = idOf(asked);
  if (id === undefined) return { fault: `there is no message ${asked}: use its number` };
  if (name === "interval") return intervalOrder(id, Number(args["interval"]));
  return { kind: "command", command: REQUEST_MESSAGE, params: { param1: id }, wants: id };
}

/** @param intervalMs 0: no more. On the wire that is -1, and 0 is as often as the vehicle likes. */
export function intervalOrder(id: number, intervalMs: number): Order {
  const param2 = intervalMs === 0 ? -1 : intervalMs * US_PER_MS;
  return { kind: "command", command: SET_MESSAGE_INTERVAL, params: { param1: id, param2 } };
}

function idOf(name: string): number | undefined {
  if (READ_MESSAGES.includes(name)) return messageNamed(name).id;
  return /^\d{1,8}$/.test(name) && Number(name) < 2 ** 24 ? Number(name) : undefined;
}

/** MAV_RESULT, by its number. */
const RESULTS: Readonly<Record<number, string>> = {
  1: "the vehicle cannot do it now (temporarily rejected)",
  2: "the vehicle denies it: it knows the command, but not with these values",
  3: "the vehicle does not support it",
  4: "the vehicle tried and failed",
  6: "the vehicle has cancelled it",
  7: "the vehicle takes it as COMMAND_LONG only",
  8: "the vehicle takes it as COMMAND_INT only",
  9: "the vehicle does not support the frame",
};
export const ACCEPTED = 0;
export const IN_PROGRESS = 5;

export function reasonOf(result: number): string {
  return RESULTS[result] ?? `the vehicle answers with result ${result}`;
}
