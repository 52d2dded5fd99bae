/** CRC-16/MCRF4XX: polynomial 0x1021 reflected, begins with 0xFFFF, no inversion. MAVLink developer guide, "Serialization", checksum. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});

export const CRC_BEGIN = 0xffff;

/** Over `bytes[start, end)`, going on from a CRC of what was before. @returns 0 to 65535 */
export function crc16(bytes: Uint8Array, start: number, end: number, begin = CRC_BEGIN): number {
  let crc = begin;
  for (let at = start; at < end; at++) crc = next(crc, bytes[at] ?? 0);
  return crc;
}

export function next(crc: number, byte: number): number {
  return (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
}
