/** Checksums by the names that people look them up with. Parameters as in the catalogue of Greg Cook (reveng.sourceforge.io). */

interface Crc {
  readonly bits: 8 | 16 | 32;
  readonly polynomial: number;
  readonly initial: number;
  readonly isReflected: boolean;
  readonly xorOut: number;
}

const CRCS = {
  crc8: { bits: 8, polynomial: 0x07, initial: 0, isReflected: false, xorOut: 0 },
  "crc8-maxim": { bits: 8, polynomial: 0x31, initial: 0, isReflected: true, xorOut: 0 },
  "crc16-arc": { bits: 16, polynomial: 0x8005, initial: 0, isReflected: true, xorOut: 0 },
  "crc16-modbus": { bits: 16, polynomial: 0x8005, initial: 0xffff, isReflected: true, xorOut: 0 },
  "crc16-ccitt": { bits: 16, polynomial: 0x1021, initial: 0xffff, isReflected: false, xorOut: 0 },
  "crc16-xmodem": { bits: 16, polynomial: 0x1021, initial: 0, isReflected: false, xorOut: 0 },
  "crc16-x25": { bits: 16, polynomial: 0x1021, initial: 0xffff, isReflected: true, xorOut: 0xffff },
  crc32: { bits: 32, polynomial: 0x04c11db7, initial: 0xffffffff, isReflected: true, xorOut: 0xffffffff },
} as const satisfies Record<string, Crc>;

const SUMS = {
  /** Sum modulo 256. */
  sum8: { bytes: 1, of: (bytes: Uint8Array): number => sum(bytes) & 0xff },
  /** What makes the sum with it 0: two's complement. */
  "sum8-complement": { bytes: 1, of: (bytes: Uint8Array): number => -sum(bytes) & 0xff },
  xor8: { bytes: 1, of: (bytes: Uint8Array): number => bytes.reduce((all, byte) => all ^ byte, 0) },
  /** Sum modulo 65536. */
  sum16: { bytes: 2, of: (bytes: Uint8Array): number => sum(bytes) & 0xffff },
} as const;

export const CHECKSUMS = [...Object.keys(SUMS), ...Object.keys(CRCS)] as (
  keyof typeof SUMS | keyof typeof CRCS
)[];
export type ChecksumName = (typeof CHECKSUMS)[number];

export function checksumBytes(name: ChecksumName): number {
  return name in SUMS ? SUMS[name as keyof typeof SUMS].bytes : CRCS[name as keyof typeof CRCS].bits / 8;
}

export function checksumOf(name: ChecksumName, bytes: Uint8Array): number {
  return name in SUMS
    ? SUMS[name as keyof typeof SUMS].of(bytes)
    : crc(CRCS[name as keyof typeof CRCS], bytes);
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((all, byte) => all + byte, 0);
}

/** Bit by bit: frames are short, and each byte of one is looked at once. */
function crc({ bits, polynomial, initial, isReflected, xorOut }: Crc, bytes: Uint8Array): number {
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  const top = bits - 1;
  const reversed = reflected(polynomial, bits);
  let value = initial;
  for (const byte of bytes) {
    value ^= isReflected ? byte : byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) {
      if (isReflected) value = value & 1 ? (value >>> 1) ^ reversed : value >>> 1;
      else value = (value >>> top) & 1 ? (value << 1) ^ polynomial : value << 1;
    }
    value &= mask;
  }
  return ((value ^ xorOut) & mask) >>> 0;
}

function reflected(value: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit++) if ((value >>> bit) & 1) result |= 1 << (bits - 1 - bit);
  return result >>> 0;
}
