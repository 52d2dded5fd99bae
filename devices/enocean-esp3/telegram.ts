import { PACKET, writePacket, type Packet } from "./protocol.ts";

/** What kind of telegram it is, by its first byte. EnOcean Equipment Profiles (EEP), RORG. */
export const RORG = {
  rps: 0xf6,
  oneByte: 0xd5,
  fourBytes: 0xa5,
  variable: 0xd2,
  universalTeachIn: 0xd4,
} as const;

const ID_BYTES = 4;
/** Kind, one byte of payload, sender and status. */
const MIN_BYTES = 1 + 1 + ID_BYTES + 1;
/** Payloads that have only one length, bytes. */
const PAYLOAD_BYTES: Readonly<Record<number, number>> = {
  [RORG.rps]: 1,
  [RORG.oneByte]: 1,
  [RORG.fourBytes]: 4,
  [RORG.universalTeachIn]: 7,
};
const OPTIONAL_BYTES = 7;
/** What the field for the signal's strength holds in a telegram that is to be sent. */
const NO_SIGNAL = 0xff;
const BROADCAST = "FF:FF:FF:FF";

/** A telegram as it came by radio. ESP3 specification, packet type 1: RADIO_ERP1. */
export interface Telegram {
  readonly rorg: number;
  readonly payload: Buffer;
  readonly sender: string;
  readonly status: number;
  /** From the optional data; null without them. */
  readonly subtelegrams: number | null;
  readonly destination: string | null;
  readonly signalDbm: number | null;
  readonly security: number | null;
}

/** @returns undefined if the length cannot be */
export function telegramOf({ data, optional }: Packet): Telegram | undefined {
  if (data.length < MIN_BYTES) return undefined;
  const rorg = data[0] ?? 0;
  const senderAt = data.length - ID_BYTES - 1;
  const payload = data.subarray(1, senderAt);
  if (payload.length !== (PAYLOAD_BYTES[rorg] ?? payload.length)) return undefined;
  const isWhole = optional.length >= OPTIONAL_BYTES;
  const signal = optional[5] ?? NO_SIGNAL;
  return {
    rorg,
    payload,
    sender: idText(data.subarray(senderAt, senderAt + ID_BYTES)),
    status: data[senderAt + ID_BYTES] ?? 0,
    subtelegrams: isWhole ? (optional[0] ?? null) : null,
    destination: isWhole ? idText(optional.subarray(1, 1 + ID_BYTES)) : null,
    signalDbm: isWhole && signal !== NO_SIGNAL ? -signal : null,
    security: isWhole ? (optional[6] ?? null) : null,
  };
}

export interface Outgoing {
  readonly rorg: number;
  readonly payload: Uint8Array;
  readonly sender: string;
  readonly status?: number;
  readonly destination?: string;
  /** Only a simulator says; a telegram to be sent has none. */
  readonly signalDbm?: number;
  readonly subtelegrams?: number;
}

export function writeTelegram({
  rorg,
  payload,
  sender,
  status = 0,
  destination = BROADCAST,
  signalDbm = -NO_SIGNAL,
  subtelegrams = 3,
}: Outgoing): Buffer {
  const data = Buffer.concat([Buffer.of(rorg), payload, idBytes(sender), Buffer.of(status)]);
  const optional = Buffer.concat([Buffer.of(subtelegrams), idBytes(destination), Buffer.of(-signalDbm, 0)]);
  return writePacket(PACKET.radioErp1, data, optional);
}

/** `01:81:B7:44`, as it is printed on devices. */
export function idText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => hexByte(byte)).join(":");
}

export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0").toUpperCase();
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll(":", ""), "hex");
}
