import { Decoder, Encoder } from "cbor-x";
import { DunlinError, messageOf } from "../base/index.ts";
import { wellFormed } from "./well-formed.ts";

/** Plain CBOR as any decoder reads it: definite lengths, string keys, no records, no tags of our own. */
const OPTIONS = {
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  tagUint8Array: false,
  int64AsNumber: true,
} as const;

const encoder = new Encoder(OPTIONS);
const decoder = new Decoder(OPTIONS);

/** Largest message that is decoded, bytes; sockets refuse larger ones before they are read (`maxMessageSize`). */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** Any value. Integers stay integers whatever their size, and keys without a value are left out. */
export function encode(value: unknown): Buffer {
  return encoder.encode(widened(value));
}

function widened(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? wide(value) : value;
  if (Array.isArray(value)) return value.map(widened);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, widened(entry)]));
}

/**
 * One CBOR item, of which nothing is trusted: size, nesting and well-formedness are checked before it is built.
 * @throws DunlinError `message-too-large`, `message-invalid`
 */
export function decode(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw new DunlinError(
      "message-too-large",
      `message of ${bytes.length} bytes; at most ${MAX_MESSAGE_BYTES} are read`,
    );
  const fault = wellFormed(bytes);
  if (fault !== undefined) throw new DunlinError("message-invalid", `not well-formed CBOR: ${fault}`);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DunlinError("message-invalid", `not readable as CBOR: ${messageOf(cause)}`, { cause });
  }
}

/** One CBOR item that must be a map. @throws DunlinError as {@link decode} */
export function decodeMap(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = decode(bytes);
  if (isMap(value)) return value;
  throw new DunlinError("message-invalid", "expected a CBOR map with text keys");
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** A safe integer as cbor-x encodes it as an integer: of one of more than 32 bits it would make a float. */
function wide(value: number): number | bigint {
  return value > 0xffff_ffff || value < -0x1_0000_0000 ? BigInt(value) : value;
}

/** Head of a CBOR map of `size` pairs, array, text, byte string or unsigned integer: for splicing ready-made items without decoding them. RFC 8949 §3. */
export function head(major: "uint" | "bytes" | "text" | "array" | "map", argument: number): Buffer {
  const type = { uint: 0, bytes: 2, text: 3, array: 4, map: 5 }[major] << 5;
  if (argument < 24) return Buffer.from([type | argument]);
  if (argument < 0x100) return Buffer.from([type | 24, argument]);
  const wideHead = Buffer.alloc(argument < 0x1_0000 ? 3 : argument < 0x1_0000_0000 ? 5 : 9);
  if (wideHead.length === 3) wideHead.writeUInt16BE(argument, 1);
  else if (wideHead.length === 5) wideHead.writeUInt32BE(argument, 1);
  else wideHead.writeBigUInt64BE(BigInt(argument), 1);
  wideHead[0] = type | { 3: 25, 5: 26, 9: 27 }[wideHead.length as 3 | 5 | 9];
  return wideHead;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([head("text", bytes.length), bytes]);
}
