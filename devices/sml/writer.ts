import { crcX25 } from "./crc16.ts";

/** Writes SML, for simulated meters. SML 1.04, 6.3 */

const SHORT_LENGTH = 15;

export function octets(bytes: Buffer): Buffer {
  return Buffer.concat([tl(0x00, bytes.length), bytes]);
}

export const NOTHING = Buffer.of(0x01);

export function unsigned(value: number, bytes: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64BE(BigInt(value));
  return Buffer.concat([tl(0x60, bytes), content.subarray(8 - bytes)]);
}

export function signed(value: number, bytes: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigInt64BE(BigInt(value));
  return Buffer.concat([tl(0x50, bytes), content.subarray(8 - bytes)]);
}

export function list(...elements: readonly Buffer[]): Buffer {
  const count = elements.length;
  const head = count <= SHORT_LENGTH ? [0x70 | count] : [0xf0 | (count >> 4), count & 0x0f];
  return Buffer.concat([Buffer.from(head), ...elements]);
}

/** A message with its CRC and its end. */
export function message(transaction: Buffer, tag: number, data: Buffer): Buffer {
  const body = [octets(transaction), unsigned(0, 1), unsigned(0, 1), list(unsigned(tag, 4), data)];
  const whole = Buffer.concat([Buffer.of(0x76), ...body]);
  const crc = crcX25(whole, 0, whole.length);
  return Buffer.concat([whole, Buffer.of(0x63, crc & 0xff, crc >> 8, 0)]);
}

/** The length counts the TL bytes themselves. */
function tl(type: number, bytes: number): Buffer {
  if (bytes + 1 <= SHORT_LENGTH) return Buffer.of(type | (bytes + 1));
  const length = bytes + 2;
  return Buffer.of(0x80 | type | (length >> 4), length & 0x0f);
}
