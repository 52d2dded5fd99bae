import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import { ORDERS, writeOrder, type LidarFrame, type OrderName } from "./protocol.ts";
import type { Unit } from "./readings.ts";

/** What a command writes, and how its success shows. */
export interface Order {
  readonly bytes: Buffer;
  /** What distances are told in once it has succeeded; undefined if it changes nothing about that. */
  readonly unit?: Unit;
  /** @returns what has come of it if the frame is its answer; a trigger's result is the reading */
  resultOf(frame: LidarFrame, reading: Values): Values | "failed" | undefined;
}

function command(description: string, args: CommandDescription["arguments"] = {}): CommandDescription {
  return { description, arguments: args, idempotent: true, cancellable: true, timeoutMs: 8_000 };
}

export const COMMANDS: CommandDescriptions = {
  version: command("ask for the firmware's version"),
  rate: command("how often it measures; the result is the rate that is set, 1000/n", {
    hz: { type: "integer", unit: "Hz", min: 0, max: 1_000, description: "0: only when it is triggered" },
  }),
  trigger: command("measure once, at a rate of 0; the result is the reading"),
  unit: command("what distances are sent in; put it into the settings too", {
    unit: { type: "text", enum: ["cm", "mm"] },
  }),
  output: command("send readings, or none", { on: { type: "boolean" } }),
  save: command("keep rate, unit and output over a power cut"),
  restart: command("start again, with what is saved"),
  factory_reset: command("forget what is saved: 100 Hz, cm"),
};

/** The formats of 9 bytes. Plus manual, 7.4, "output format". */
export const FORMATS: Readonly<Record<Unit, number>> = { cm: 1, mm: 6 };
const SUCCEEDED = 0;

/** @param name one of COMMANDS */
export function orderOf(name: string, args: Values): Order {
  const unit: Unit = args["unit"] === "mm" ? "mm" : "cm";
  const hz = Number(args["hz"]);
  switch (name) {
    case "rate":
      return { bytes: writeOrder("rate", [hz & 0xff, hz >> 8]), resultOf: rateOf };
    case "unit":
      return { ...setting("unit", [FORMATS[unit]]), unit };
    case "output":
      return setting("output", [Number(args["on"] === true)]);
    case "trigger":
      return {
        bytes: writeOrder("trigger"),
        resultOf: ({ kind }, reading) => (kind === "data" ? reading : undefined),
      };
    case "version":
      return { bytes: writeOrder("version"), resultOf: versionOf };
    case "factory_reset":
      return { ...act("factory_reset"), unit: "cm" };
    default:
      return act(name === "restart" ? "restart" : "save");
  }
}

/** Repeated by the lidar in its answer. */
function setting(name: OrderName, payload: readonly number[]): Order {
  return {
    bytes: writeOrder(name, payload),
    resultOf: (frame) => {
      if (frame.kind !== "answer" || frame.order !== ORDERS[name]) return undefined;
      return frame.payload.join() === payload.join() ? {} : "failed";
    },
  };
}

/** Answered with how it went. */
function act(name: OrderName): Order {
  return {
    bytes: writeOrder(name),
    resultOf: (frame) => {
      if (frame.kind !== "answer" || frame.order !== ORDERS[name]) return undefined;
      return frame.payload[0] === SUCCEEDED ? {} : "failed";
    },
  };
}

/** What it has made of it: a rate that is no 1000/n is not kept as it is. */
function rateOf(frame: LidarFrame): Values | undefined {
  if (frame.kind !== "answer" || frame.order !== ORDERS.rate) return undefined;
  const [low = 0, high = 0] = frame.payload;
  return { hz: low + 256 * high };
}

/** The last part comes first. */
function versionOf(frame: LidarFrame): Values | undefined {
  if (frame.kind !== "answer" || frame.order !== ORDERS.version) return undefined;
  return { version: frame.payload.toReversed().join(".") };
}
