import { writeFrame } from "../../../devices/sml/transport.ts";
import { list, message, NOTHING, octets, signed, unsigned } from "../../../devices/sml/writer.ts";

export const SERVER_ID = Buffer.from("090144554e0100000042", "hex");
const TRANSACTION = Buffer.from("00000001", "hex");

/** An entry of a list of values. */
export function entry(
  obis: string,
  value: Buffer,
  {
    unit = NOTHING,
    scaler = NOTHING,
    status = NOTHING,
  }: Partial<Record<"unit" | "scaler" | "status", Buffer>> = {},
): Buffer {
  return list(octets(Buffer.from(obis, "hex")), status, NOTHING, unit, scaler, value, NOTHING);
}

export const watts = { unit: unsigned(27, 1), scaler: signed(-2, 1) };

export function openMessage(): Buffer {
  return message(
    TRANSACTION,
    0x101,
    list(NOTHING, NOTHING, octets(TRANSACTION), octets(SERVER_ID), NOTHING, NOTHING),
  );
}

export function listMessage(
  entries: readonly Buffer[],
  { server = octets(SERVER_ID), time = NOTHING }: { readonly server?: Buffer; readonly time?: Buffer } = {},
): Buffer {
  return message(
    TRANSACTION,
    0x701,
    list(NOTHING, server, NOTHING, time, list(...entries), NOTHING, NOTHING),
  );
}

/** A frame with one list of values. */
export function frameOf(...entries: readonly Buffer[]): Buffer {
  return writeFrame(Buffer.concat([openMessage(), listMessage(entries)]));
}
