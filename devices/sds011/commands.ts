import type { Argument, CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import { ORDERS, SET, writeNewId, writeOrder, type SensorFrame } from "./protocol.ts";

/** What a command writes, and how its success shows. */
export interface Order {
  readonly bytes: Buffer;
  /** @returns the command's result if the frame is its answer */
  resultOf(frame: SensorFrame): Values | undefined;
}

const ID: Argument = { type: "text", min: 4, max: 4, description: "four hex digits, such as A160" };
const PERIOD: Argument = {
  type: "integer",
  unit: "min",
  min: 0,
  max: 30,
  description: "0 measures without a pause; n measures for 30 s every n minutes",
};

function command(
  description: string,
  args: CommandDescription["arguments"] = {},
  idempotent = true,
): CommandDescription {
  return { description, arguments: args, idempotent, cancellable: true, timeoutMs: 6_000 };
}

export const COMMANDS: CommandDescriptions = {
  read: command("ask for one reading; the result is the reading"),
  active: command("send readings without being asked; kept over a power cut"),
  passive: command("send a reading only when asked; kept over a power cut"),
  sleep: command("stop the fan and the laser, which is good for some 8000 hours"),
  wake: command("start the fan and the laser; readings are good after 30 s"),
  period: command("measure without a pause or every few minutes; kept over a power cut", { minutes: PERIOD }),
  firmware: command("ask for the date of the firmware"),
  // Not again by itself: by then the sensor does not listen to the old id any more.
  id: command("give the sensor another id; kept over a power cut", { id: ID }, false),
};

const HEX_ID = /^[0-9a-f]{4}$/i;

/** @param sensor the id that is spoken to. @returns what to write, or why it cannot be */
export function orderOf(
  name: string,
  args: Values,
  sensor: string,
): Order | { readonly fault: string } | undefined {
  switch (name) {
    case "read":
      return { bytes: writeOrder("query", sensor), resultOf: measured };
    case "active":
      return setting("reporting", 0, sensor);
    case "passive":
      return setting("reporting", 1, sensor);
    case "sleep":
      return setting("power", 0, sensor);
    case "wake":
      return setting("power", 1, sensor);
    case "period":
      return setting("period", Number(args["minutes"]), sensor);
    case "firmware":
      return { bytes: writeOrder("firmware", sensor), resultOf: firmware };
    case "id":
      return newId(String(args["id"]), sensor);
    default:
      return undefined;
  }
}

function newId(id: string, sensor: string): Order | { readonly fault: string } {
  if (!HEX_ID.test(id)) return { fault: "id must be four hex digits" };
  return {
    bytes: writeNewId(id, sensor),
    // The answer comes from the new id. Section 3, 3).
    resultOf: (frame) =>
      frame.kind === "answer" && frame.bytes[0] === ORDERS.id && frame.id === id.toUpperCase()
        ? {}
        : undefined,
  };
}

/** Repeated by the sensor in its answer. Section 3. */
function setting(name: "reporting" | "power" | "period", value: number, sensor: string): Order {
  return {
    bytes: writeOrder(name, sensor, [SET, value]),
    resultOf: (frame) => {
      if (frame.kind !== "answer") return undefined;
      const [order, way, answered] = frame.bytes;
      return order === ORDERS[name] && way === SET && answered === value ? {} : undefined;
    },
  };
}

/** The values of a data frame by their metrics. */
export function measured(frame: SensorFrame): Values | undefined {
  if (frame.kind === "answer") return undefined;
  if (frame.kind === "coarse") return { pm100: frame.pm100, sensor_id: frame.id };
  return { pm2_5: frame.pm2_5, pm10: frame.pm10, sensor_id: frame.id };
}

/** Year, month and day of the firmware. Section 3, 6). */
function firmware(frame: SensorFrame): Values | undefined {
  if (frame.kind !== "answer" || frame.bytes[0] !== ORDERS.firmware) return undefined;
  const [, year = 0, month = 0, day = 0] = frame.bytes;
  const two = (value: number): string => String(value).padStart(2, "0");
  return { firmware: `20${two(year)}-${two(month)}-${two(day)}` };
}
