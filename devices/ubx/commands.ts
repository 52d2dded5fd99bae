import {
  UBX,
  UBX_RESTARTS,
  writeUbx,
  writeUbxRate,
  writeUbxRestart,
  type UbxRestart,
} from "../../src/codec/index.ts";
import type { CommandDescriptions, Values } from "../../src/message/index.ts";
import { MESSAGES } from "./messages.table.ts";
import { MESSAGE } from "./protocol.ts";

/** The receiver's ports in the order of their CFG-MSGOUT keys, which differ by one. */
export const PORTS = ["i2c", "uart1", "uart2", "usb", "spi"] as const;
export type ReceiverPort = (typeof PORTS)[number];

/** From this version on receivers are set by key and value; before it by one message for each purpose. u-blox 9 interface description, "Configuration interface". */
const FIRST_WITH_KEYS = 27;
const KEY = { measRate: 0x30210001, navRate: 0x30210002 } as const;
/** Until the receiver is switched off. A setting that is kept is the owner's business. */
const RAM_LAYER = 1;

/** What a command writes, and what must come back: the acknowledgement of a message, or an answer to the version's poll. */
export interface Order {
  readonly bytes: Buffer;
  /** The message whose acknowledgement is waited for; of a restart only its refusal counts. */
  readonly acknowledged: number;
  /** Not acknowledged: that the receiver answers the version's poll after it is what confirms it. */
  readonly isRestart?: boolean;
}

const TIMEOUT_MS = 10_000;
const CONFIRMED = { idempotent: true, cancellable: true, timeoutMs: TIMEOUT_MS } as const;

export const COMMANDS: CommandDescriptions = {
  rate: {
    description: "set the time from one fix to the next, until the receiver is switched off",
    arguments: { interval: { type: "integer", unit: "ms", min: 25, max: 10_000 } },
    ...CONFIRMED,
  },
  message: {
    description: "have a message sent with every fix, with every so many, or no more",
    arguments: {
      name: { type: "text", enum: Object.keys(MESSAGES) },
      every: {
        type: "integer",
        min: 0,
        max: 255,
        optional: true,
        description: "fixes; 0: no more; default 1",
      },
    },
    ...CONFIRMED,
  },
  restart: {
    description:
      "restart with what is known of the satellites (hot), with the almanac only (warm), with nothing (cold)",
    arguments: { kind: { type: "text", enum: UBX_RESTARTS } },
    cancellable: true,
    timeoutMs: TIMEOUT_MS,
  },
  version: {
    description: "ask for the receiver's firmware and model; they are the result and a reading",
    arguments: {},
    ...CONFIRMED,
  },
};

export const VERSION_POLL: Order = {
  bytes: writeUbx(MESSAGE.monVer, Buffer.alloc(0)),
  acknowledged: MESSAGE.monVer,
};

/** @param protocol the receiver's version, 0 if it does not tell one. @returns what to write, or why it cannot be */
export function orderOf(
  name: string,
  args: Values,
  protocol: number,
  port: ReceiverPort,
): Order | { readonly fault: string } {
  if (name === "rate") return rate(Number(args["interval"]), protocol);
  if (name === "message") return output(String(args["name"]), Number(args["every"] ?? 1), protocol, port);
  if (name === "version") return VERSION_POLL;
  return { bytes: writeUbxRestart(args["kind"] as UbxRestart), acknowledged: UBX.cfgRst, isRestart: true };
}

function rate(intervalMs: number, protocol: number): Order {
  if (protocol < FIRST_WITH_KEYS) return { bytes: writeUbxRate(intervalMs), acknowledged: UBX.cfgRate };
  return set([KEY.measRate, u2(intervalMs)], [KEY.navRate, u2(1)]);
}

function output(
  name: string,
  every: number,
  protocol: number,
  port: ReceiverPort,
): Order | { readonly fault: string } {
  const message = MESSAGES[name];
  if (message === undefined) return { fault: `there is no message ${name}` };
  // Class, id and rate: on the port that this comes in by. UBX-CFG-MSG.
  if (protocol < FIRST_WITH_KEYS)
    return {
      bytes: writeUbx(MESSAGE.cfgMsg, Buffer.from([message.id >> 8, message.id & 0xff, every])),
      acknowledged: MESSAGE.cfgMsg,
    };
  if (message.outputKey === undefined) return { fault: `receivers of protocol ${protocol} have no ${name}` };
  return set([message.outputKey + PORTS.indexOf(port), Buffer.from([every])]);
}

/** UBX-CFG-VALSET: version, layers, two reserved bytes, then keys and values. */
function set(...items: readonly (readonly [key: number, value: Buffer])[]): Order {
  const payload = [
    Buffer.from([0, RAM_LAYER, 0, 0]),
    ...items.flatMap(([key, value]) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(key);
      return [bytes, value];
    }),
  ];
  return { bytes: writeUbx(MESSAGE.cfgValset, Buffer.concat(payload)), acknowledged: MESSAGE.cfgValset };
}

function u2(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}
