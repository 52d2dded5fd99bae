import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import { writeOrder, type OrderName, type SensorFrame } from "./protocol.ts";

/** What a command writes, and how its success shows. */
export interface Order {
  readonly bytes: Buffer;
  /** @returns what has come of it if the frame is its answer; a `read`'s result is the reading */
  resultOf(frame: SensorFrame, reading: Values): Values | undefined;
}

function command(description: string, args: CommandDescription["arguments"] = {}): CommandDescription {
  return { description, arguments: args, idempotent: true, cancellable: true, timeoutMs: 6_000 };
}

export const COMMANDS: CommandDescriptions = {
  start: command("start the fan and measure; readings are good after 6 s"),
  stop: command("stop the fan, which makes it last longer"),
  read: command("ask for one reading; the result is the reading"),
  auto_send: command("send a reading a second without being asked, or none; a power cut switches it on", {
    on: { type: "boolean" },
  }),
  adjust: command("set the coefficient that readings are multiplied by", {
    coefficient: { type: "integer", unit: "%", min: 30, max: 200, description: "100 as it comes" },
  }),
  coefficient: command("ask for the coefficient"),
};

/** @param name one of COMMANDS */
export function orderOf(name: string, args: Values): Order {
  switch (name) {
    case "read":
      return {
        bytes: writeOrder("read"),
        resultOf: (frame, reading) =>
          frame.kind === "measurement" && frame.model !== undefined ? reading : undefined,
      };
    case "coefficient":
      return {
        bytes: writeOrder("coefficient"),
        resultOf: (frame) => (frame.kind === "coefficient" ? { coefficient: frame.coefficient } : undefined),
      };
    case "adjust":
      return act("adjust", [Number(args["coefficient"])]);
    case "auto_send":
      return act(args["on"] === true ? "auto_on" : "auto_off");
    default:
      return act(name === "start" ? "start" : "stop");
  }
}

function act(name: OrderName, data: readonly number[] = []): Order {
  return { bytes: writeOrder(name, data), resultOf: ({ kind }) => (kind === "done" ? {} : undefined) };
}
