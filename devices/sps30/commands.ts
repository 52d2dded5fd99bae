import type { CommandDescription, CommandDescriptions, Values } from "../../src/message/index.ts";
import {
  COMMANDS as CODES,
  EDGE,
  INTERVAL,
  readFirmware,
  readStatus,
  readText,
  requestOf,
  SERIAL,
  START_FLOAT,
} from "./protocol.ts";
import type { Request } from "./turns.ts";

function command(description: string, args: CommandDescription["arguments"] = {}): CommandDescription {
  return { description, arguments: args, idempotent: true, cancellable: true, timeoutMs: 8_000 };
}

export const COMMANDS: CommandDescriptions = {
  clean: command("blow the dust out with the fan at full speed, for 10 s"),
  cleaning: command("set how often the sensor cleans itself; kept over a power cut", {
    interval: {
      type: "integer",
      unit: "s",
      min: 0,
      max: 31_536_000,
      description: "0 is never; as delivered it is 604800, a week",
    },
  }),
  sleep: command("stop measuring, the fan and the laser, and nearly all else"),
  wake: command("measure again; readings are good after 8 to 30 s"),
  status: command("ask which errors the sensor sees; true is an error"),
  information: command("ask for the serial number and the version of the firmware"),
  reset: command("restart the sensor, as a power cut does"),
};

/** Awake if it slept, and measuring if it did not. */
export const BEGIN: readonly Request[] = [
  {
    command: CODES.wake,
    bytes: Buffer.concat([EDGE, requestOf(CODES.wake)]),
    maybeDone: true,
  },
  { command: CODES.start, bytes: requestOf(CODES.start, START_FLOAT), maybeDone: true },
];

export const POLL: readonly Request[] = [{ command: CODES.read, bytes: requestOf(CODES.read) }];

/** The requests of a command by its name. */
export function requestsOf(name: string, args: Values): readonly Request[] {
  switch (name) {
    case "wake":
      return BEGIN;
    case "sleep":
      // It falls asleep from idle only. Data sheet V1.0, 5.3, "Sleep".
      return [
        { command: CODES.stop, bytes: requestOf(CODES.stop), maybeDone: true },
        { command: CODES.sleep, bytes: requestOf(CODES.sleep) },
      ];
    case "clean":
      return [{ command: CODES.clean, bytes: requestOf(CODES.clean) }];
    case "cleaning":
      return [{ command: CODES.cleaning, bytes: requestOf(CODES.cleaning, intervalOf(args)) }];
    case "status":
      return [{ command: CODES.status, bytes: requestOf(CODES.status, [0]), result: readStatus }];
    case "information":
      return [
        {
          command: CODES.information,
          bytes: requestOf(CODES.information, [SERIAL]),
          result: (answer) => ({ serial: readText(answer) }),
        },
        {
          command: CODES.firmware,
          bytes: requestOf(CODES.firmware),
          result: (answer) => ({ firmware: readFirmware(answer) }),
        },
      ];
    case "reset":
      return [{ command: CODES.reset, bytes: requestOf(CODES.reset) }];
    default:
      return [];
  }
}

function intervalOf(args: Values): readonly number[] {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Number(args["interval"]));
  return [INTERVAL, ...seconds];
}
