/** CRC-16 with the polynomial 1021 reflected, over `bytes[start, end)`. IEC 62056-46, annex; SML 1.04, 8 */

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});

/** X.25: what the specification says. @returns 0 to 65535; its low byte is sent first */
export function crcX25(bytes: Uint8Array, start: number, end: number): number {
  return crc16(0xffff, bytes, start, end) ^ 0xffff;
}

/** Kermit: what the firmware of some meters (Holley DTZ541) has in its place. */
export function crcKermit(bytes: Uint8Array, start: number, end: number): number {
  return crc16(0, bytes, start, end);
}

/** Whether one of both is right. @param sent the two bytes, low one first */
export function hasRightCrc(bytes: Uint8Array, start: number, end: number, sent: number): boolean {
  return crcX25(bytes, start, end) === sent || crcKermit(bytes, start, end) === sent;
}

function crc16(initial: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = initial;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc;
}
