import { DunlinError } from "../base/index.ts";

/** ZeroMQ RFC 32. */
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const VALUES = new Map(Array.from(ALPHABET, (char, value) => [char, value]));

/** Bytes of a key, and what they are as text: what CZMQ and pyzmq have in their files too. */
export const KEY_BYTES = 32;
const KEY_CHARS = 40;

/** @param bytes a multiple of 4 */
export function encodeZ85(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    let group = "";
    for (let value = view.getUint32(at), i = 0; i < 5; i++, value = Math.floor(value / 85))
      group = `${ALPHABET[value % 85]}${group}`;
    text += group;
  }
  return text;
}

/** A key's 32 bytes. @throws DunlinError `key-invalid` */
export function decodeKey(text: string): Buffer {
  if (text.length !== KEY_CHARS) throw invalid(text);
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let at = 0; at < KEY_BYTES; at += 4) {
    const group = text.slice((at / 4) * 5, (at / 4) * 5 + 5);
    const value = group.split("").reduce((sum, char) => sum * 85 + (VALUES.get(char) ?? NaN), 0);
    if (!(value <= 0xffffffff)) throw invalid(text);
    bytes.writeUInt32BE(value, at);
  }
  return bytes;
}

function invalid(text: string): DunlinError {
  return new DunlinError(
    "key-invalid",
    `not a key: expected ${KEY_CHARS} characters of Z85, found ${text.length}${text.length === KEY_CHARS ? ", some of them others" : ""}`,
  );
}
