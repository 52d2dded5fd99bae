import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import type { CommandDescriptions, Values } from "../../src/message/index.ts";
import type { Request } from "./exchange.ts";
import {
  isModeReply,
  PROTOCOLS,
  refusalOf,
  statusOf,
  writeMode,
  writeStatus,
  type Mode,
} from "./interface.ts";
import { TYPE, writePacket } from "./protocol.ts";
import { payloadOf, TRANSMISSIONS } from "./transmissions.ts";

const REPLY_TICKS = 20;
/** A transmission is answered when it is over, and the longest holds a button for seven seconds. */
const RESULT_TICKS = 100;

const MAX_PAYLOAD_BYTES = 32;

export const COMMANDS: CommandDescriptions = {
  status: {
    description: "ask the transceiver for its kind, its firmware and what it listens for",
    arguments: {},
    idempotent: true,
    cancellable: true,
  },
  mode: {
    description: "say what to listen for, until the port is opened again; 433 MHz only",
    arguments: {
      protocols: { type: "text", max: 300, description: `separated by commas: ${PROTOCOLS.join(", ")}` },
    },
    idempotent: true,
    cancellable: true,
  },
  ...Object.fromEntries(Object.entries(TRANSMISSIONS).map(([name, { description }]) => [name, description])),
  send: {
    description: "transmit a packet of any kind; it succeeds when it is sent, whoever hears it",
    arguments: {
      type: { type: "integer", min: 16, max: 127, description: "packet type" },
      subtype: { type: "integer", min: 0, max: 255, description: "packet subtype" },
      payload: {
        type: "text",
        min: 2,
        max: 2 * MAX_PAYLOAD_BYTES,
        description: "what follows the sequence, hex",
      },
    },
    cancellable: true,
    timeoutMs: 20_000,
  },
};

/** What became of a transmission. RFXtrx SDK, packet type 02. */
const RESULTS: Readonly<Record<number, string>> = {
  2: "the transmitter did not lock onto its frequency",
  3: "the transmitter does not take this id",
};

type Fault = { readonly fault: string };

/** @param mode what the transceiver said last of itself. @returns what to ask for, or why it cannot be */
export function requestOf(call: string, name: string, args: Values, mode: Mode | undefined): Request | Fault {
  if (name === "status") return { ...interfaceRequest(call), write: writeStatus };
  if (name === "mode") return modeRequest(call, String(args["protocols"]), mode);
  const transmission = TRANSMISSIONS[name];
  if (!transmission) return sendRequest(call, args);
  const found = payloadOf(transmission, args);
  return "fault" in found ? found : transmitRequest(call, transmission.type, found.subtype, found.payload);
}

function interfaceRequest(call: string): Omit<Request, "write"> {
  return {
    call,
    answer: TYPE.interfaceMessage,
    ticks: REPLY_TICKS,
    end: (reply) => [outcome(call, reply ? replied(reply) : failed("the transceiver does not answer"))],
  };
}

function replied(reply: Buffer): Outcome {
  const refusal = refusalOf(reply);
  if (refusal !== undefined) return failed(refusal);
  return isModeReply(reply)
    ? { ok: true, result: statusOf(reply) }
    : failed("the transceiver answers something else");
}

function modeRequest(call: string, list: string, mode: Mode | undefined): Request | Fault {
  const protocols = list.split(",").map((name) => name.trim().toUpperCase());
  const unknown = protocols.find((name) => !PROTOCOLS.includes(name));
  if (unknown !== undefined) return { fault: `${unknown} is no protocol: there are ${PROTOCOLS.join(", ")}` };
  if (!mode) return { fault: "the transceiver has not said yet what it is: ask for its status first" };
  return { ...interfaceRequest(call), write: (sequence) => writeMode(sequence, mode, protocols) };
}

function sendRequest(call: string, args: Values): Request | Fault {
  const hex = String(args["payload"]);
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return { fault: "payload must be hex, two digits a byte" };
  return transmitRequest(call, Number(args["type"]), Number(args["subtype"]), Buffer.from(hex, "hex"));
}

function transmitRequest(call: string, type: number, subtype: number, payload: Buffer): Request {
  return {
    call,
    answer: TYPE.transmitterMessage,
    ticks: RESULT_TICKS,
    write: (sequence) => writePacket(type, subtype, sequence, payload),
    end: (answer) => [
      outcome(call, answer ? sent(answer) : failed("the transceiver does not say that it is sent")),
    ],
  };
}

function sent(answer: Buffer): Outcome {
  const reason = RESULTS[answer[4] ?? 0];
  return reason === undefined ? { ok: true } : failed(reason);
}

const failed = (reason: string): Outcome => ({ ok: false, reason });

export function outcome(call: string, result: Outcome): DriverEvent {
  return { type: "outcome", call, outcome: result };
}
