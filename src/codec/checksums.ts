/** Checksums over `bytes[start, end)`. */

/** XOR of the bytes: NMEA 0183. @returns 0 to 255 */
export function xor8(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum ^= bytes[at] ?? 0;
  return sum;
}

/** Sum modulo 2^16: Plantower. @returns 0 to 65535 */
export function sum16(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at] ?? 0;
  return sum & 0xffff;
}

/** Two running sums modulo 2^8, RFC 1145: UBX. @returns the two bytes in the order in which they are sent */
export function fletcher8(bytes: Uint8Array, start: number, end: number): readonly [number, number] {
  let first = 0;
  let second = 0;
  for (let at = start; at < end; at++) {
    first = (first + (bytes[at] ?? 0)) & 0xff;
    second = (second + first) & 0xff;
  }
  return [first, second];
}

/** CRC-24Q, polynomial 0x1864CFB, begins with 0: RTCM 3. RTCM 10403.3, 4.2. @returns 0 to 0xFFFFFF */
export function crc24q(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc ^= (bytes[at] ?? 0) << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1;
  }
  return crc & 0xffffff;
}
