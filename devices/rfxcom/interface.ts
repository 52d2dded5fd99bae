import type { Value, Values } from "../../src/message/index.ts";
import { TYPE, writePacket } from "./protocol.ts";

/** What is asked of the transceiver itself, and what it says. RFXtrx SDK, packet types 00 and 01. */

const CONTROL = { reset: 0x00, status: 0x02, mode: 0x03, start: 0x07 } as const;
/** Subtypes of packet type 01. */
const REPLY = {
  mode: 0x00,
  unknownRemote: 0x01,
  noExtension: 0x02,
  started: 0x07,
  wrongCommand: 0xff,
} as const;

/** What the receiver can be told to listen for, by the byte of the mode command and the bit in it; 433 MHz. */
const PROTOCOL_BITS = [
  ["BLYSS", "RUBICSON", "FINEOFFSET", "LIGHTING4", "RSL", "BYRONSX", "IMAGINTRONIX", "UNDECODED"],
  ["MERTIK", "LIGHTWAVERF", "HIDEKI", "LACROSSE", "LEGRAND", "PROGUARD", "BLINDST0", "BLINDST1"],
  ["X10", "ARC", "AC", "HOMEEASY", "MEIANTECH", "OREGON", "ATI", "VISONIC"],
  ["KEELOQ", "HOMECONFORT", "DDXXXX", undefined, undefined, undefined, "MCZ", "FUNKBUS"],
] as const;

export const PROTOCOLS: readonly string[] = PROTOCOL_BITS.flat().filter((name) => name !== undefined);

const RECEIVERS: Readonly<Record<number, string>> = {
  0x50: "310 MHz",
  0x51: "315 MHz",
  0x52: "433.92 MHz, receiver only",
  0x53: "433.92 MHz",
  0x54: "433.42 MHz",
  0x55: "868.00 MHz",
  0x56: "868.00 MHz FSK",
  0x57: "868.30 MHz",
  0x58: "868.30 MHz FSK",
  0x59: "868.35 MHz",
  0x5a: "868.35 MHz FSK",
  0x5b: "868.95 MHz",
  0x5c: "433.92 MHz, IOT",
  0x5d: "868.00 MHz, IOT",
  0x5e: "434.15 MHz",
  0x5f: "434.50 MHz",
};
/** The protocols' bits mean something else at 868 MHz. */
const IS_868 = (receiver: number): boolean => receiver >= 0x55 && receiver <= 0x5b;

const FIRMWARES: Readonly<Record<number, string>> = {
  0x00: "receiver",
  0x01: "type 1",
  0x02: "type 2",
  0x03: "Ext",
  0x04: "Ext 2",
  0x05: "Pro 1",
  0x06: "Pro 2",
  0x10: "ProXL 1",
  0x13: "ProXL 2",
};

/** Where the fields of a reply are. The long reply came with firmware 1001. */
const AT = { receiver: 5, firmware: 6, protocols: 7, hardware: 11, power: 13, firmwareType: 14, noise: 15 };
const LONG_REPLY_BYTES = 21;
const LONG_FIRMWARE = 1_000;
/** The power's byte for 0 dBm. */
const POWER_0_DBM = 18;

const NOTHING = Buffer.alloc(9);
const control = (sequence: number, command: number, rest: Uint8Array = NOTHING): Buffer =>
  writePacket(TYPE.interfaceControl, 0, sequence, Buffer.from([command, ...rest]));

export const writeReset = (sequence: number): Buffer => control(sequence, CONTROL.reset);
export const writeStatus = (sequence: number): Buffer => control(sequence, CONTROL.status);
export const writeStart = (sequence: number): Buffer => control(sequence, CONTROL.start);

/** What a mode command repeats of what the transceiver said last. */
export interface Mode {
  readonly receiver: number;
  readonly power: number;
}

export const modeOf = (reply: Buffer): Mode => ({
  receiver: reply[AT.receiver] ?? 0,
  power: reply[AT.power] ?? 0,
});

export function writeMode(sequence: number, { receiver, power }: Mode, protocols: readonly string[]): Buffer {
  const bits = PROTOCOL_BITS.map((names) =>
    names.reduce((sum, name, bit) => sum + (name && protocols.includes(name) ? 1 << bit : 0), 0),
  );
  return control(sequence, CONTROL.mode, Buffer.from([receiver, power, ...bits, 0, 0, 0]));
}

/** Why a reply is none to what was asked, or undefined if it is one. */
export function refusalOf(reply: Buffer): string | undefined {
  const subtype = reply[2];
  if (subtype === REPLY.wrongCommand) return "the transceiver does not know this";
  if (subtype === REPLY.unknownRemote) return "the transceiver does not know this remote control";
  return subtype === REPLY.noExtension ? "the transceiver's firmware cannot do this" : undefined;
}

export const isModeReply = (reply: Buffer): boolean => reply[2] === REPLY.mode;

export function statusOf(reply: Buffer): Values {
  const isLong = reply.length >= LONG_REPLY_BYTES;
  const receiver = reply[AT.receiver] ?? 0;
  return {
    receiver: RECEIVERS[receiver] ?? hexByte(receiver),
    firmware: (reply[AT.firmware] ?? 0) + (isLong ? LONG_FIRMWARE : 0),
    firmware_type: isLong ? firmwareType(reply[AT.firmwareType] ?? 0) : null,
    hardware: `${reply[AT.hardware] ?? 0}.${reply[AT.hardware + 1] ?? 0}`,
    protocols: IS_868(receiver)
      ? reply.toString("hex", AT.protocols, AT.hardware)
      : protocolsOf(reply).join(","),
    power: isLong ? (reply[AT.power] ?? 0) - POWER_0_DBM : null,
    noise: isLong ? (reply[AT.noise] ?? 0) : null,
  };
}

const firmwareType = (number: number): Value => FIRMWARES[number] ?? hexByte(number);
const hexByte = (number: number): string => number.toString(16).padStart(2, "0");

function protocolsOf(reply: Buffer): readonly string[] {
  return PROTOCOL_BITS.flatMap((names, index) =>
    names.filter((name, bit) => name && ((reply[AT.protocols + index] ?? 0) >> bit) & 1),
  ).filter((name) => name !== undefined);
}
