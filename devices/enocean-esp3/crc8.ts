/** By the value of a byte. */
const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
  return crc;
});

/** Polynomial 07, begins with 0. ESP3 specification, CRC8 calculation. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) crc = TABLE[crc ^ (bytes[at] ?? 0)] ?? 0;
  return crc;
}
