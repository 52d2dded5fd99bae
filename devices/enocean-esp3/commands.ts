import type { Outcome } from "../../src/device/index.ts";
import type { CommandDescriptions, Values } from "../../src/message/index.ts";
import { PACKET, writePacket, type Packet } from "./protocol.ts";
import { hexByte, idText, writeTelegram } from "./telegram.ts";

/** ESP3 specification, packet type 5: COMMON_COMMAND. */
export const COMMON = { readVersion: 3, readIdBase: 8 } as const;

/** ESP3 specification, packet type 2: RESPONSE, by its first byte. */
const RETURNED = [
  "",
  "the gateway reports an error",
  "the gateway does not support this",
  "the gateway calls a parameter wrong",
  "the gateway denies this",
  "the gateway may not send now: its duty cycle is used up",
  "the telegram is too long for the gateway's buffer",
  "the gateway's buffers are all in use",
] as const;

export const COMMANDS: CommandDescriptions = {
  version: {
    description: "ask the gateway for its versions and its chip's id",
    arguments: {},
    idempotent: true,
    cancellable: true,
    timeoutMs: 5_000,
  },
  id_base: {
    description: "ask the gateway for the first of the 128 ids that it may send as",
    arguments: {},
    idempotent: true,
    cancellable: true,
    timeoutMs: 5_000,
  },
  send: {
    description: "send a telegram by radio; it succeeds when the gateway has taken it, whoever hears it",
    arguments: {
      rorg: { type: "text", enum: ["F6", "D5", "A5", "D2"], description: "kind of telegram" },
      payload: { type: "text", min: 2, max: 28, description: "hex: 1 byte, 4 with A5, up to 14 with D2" },
      sender: { type: "text", min: 11, max: 11, description: "id to send as, one of id_base's 128" },
      destination: {
        type: "text",
        min: 11,
        max: 11,
        optional: true,
        description: "id of the receiver; everybody without it",
      },
      status: {
        type: "integer",
        min: 0,
        max: 255,
        optional: true,
        description: "status byte; F6 needs 48 or 32",
      },
    },
    timeoutMs: 5_000,
  },
};

const ID = /^[0-9a-f]{2}(?::[0-9a-f]{2}){3}$/i;
const HEX = /^(?:[0-9a-f]{2})+$/i;
const PAYLOAD_BYTES: Readonly<Record<string, number>> = { F6: 1, D5: 1, A5: 4 };

/** @returns what to write, or why it cannot be */
export function writeCommand(name: string, args: Values): Buffer | { readonly fault: string } {
  if (name === "version") return writePacket(PACKET.commonCommand, Buffer.of(COMMON.readVersion));
  if (name === "id_base") return writePacket(PACKET.commonCommand, Buffer.of(COMMON.readIdBase));
  const [rorg, payload, sender] = [String(args["rorg"]), String(args["payload"]), String(args["sender"])];
  const { destination, status } = args;
  if (!HEX.test(payload)) return { fault: "payload must be hex, two digits a byte" };
  if (payload.length / 2 !== (PAYLOAD_BYTES[rorg] ?? payload.length / 2))
    return { fault: `the payload of ${rorg} has ${PAYLOAD_BYTES[rorg]} bytes` };
  for (const id of [sender, ...(typeof destination === "string" ? [destination] : [])])
    if (!ID.test(id)) return { fault: `${id} is no id: use four bytes in hex, as 01:81:B7:44` };
  return writeTelegram({
    rorg: Number.parseInt(rorg, 16),
    payload: Buffer.from(payload, "hex"),
    sender,
    ...(typeof destination === "string" ? { destination } : {}),
    ...(typeof status === "number" ? { status } : {}),
  });
}

/** What the gateway's response means for the command that it answers. */
export function outcomeOf(name: string, { data, optional }: Packet): Outcome {
  const returned = data[0] ?? 1;
  if (returned !== 0)
    return { ok: false, reason: RETURNED[returned] ?? `the gateway returns ${hexByte(returned)}` };
  if (name === "send") return { ok: true };
  const result = name === "version" ? versionOf(data) : idBaseOf(data, optional);
  return result ? { ok: true, result } : { ok: false, reason: "the gateway's response is too short" };
}

/** CO_RD_VERSION: return code, two versions of four numbers, chip's id, chip's version, 16 characters. */
function versionOf(data: Buffer): Values | undefined {
  if (data.length < 33) return undefined;
  return {
    application: [...data.subarray(1, 5)].join("."),
    api: [...data.subarray(5, 9)].join("."),
    chip_id: idText(data.subarray(9, 13)),
    chip_version: data.toString("hex", 13, 17),
    description: data
      .toString("latin1", 17, 33)
      .replaceAll(/[^ -~]/g, "")
      .trim(),
  };
}

/** CO_RD_IDBASE: return code and id; optional: how often it may be changed yet, which not every gateway tells. */
function idBaseOf(data: Buffer, optional: Buffer): Values | undefined {
  if (data.length < 5) return undefined;
  return { base_id: idText(data.subarray(1, 5)), writes_left: optional[0] ?? null };
}
