import { SIZES, type NumberType } from "./profile.ts";

export type WordOrder = "high-first" | "low-first";

/** Digits that a float of 32 bits has for certain, and that a scaled number is told with. */
const FLOAT32_DIGITS = 7;
const SCALED_DIGITS = 12;

/** One number out of registers; each register has its high byte first. */
export function decodeNumber(registers: Buffer, at: number, type: NumberType, order: WordOrder): number {
  const bytes = ordered(registers.subarray(at, at + SIZES[type]), order);
  switch (type) {
    case "int16":
      return bytes.readInt16BE();
    case "uint16":
      return bytes.readUInt16BE();
    case "int32":
      return bytes.readInt32BE();
    case "uint32":
      return bytes.readUInt32BE();
    case "float32":
      return rounded(bytes.readFloatBE(), FLOAT32_DIGITS);
    case "int64":
      return Number(bytes.readBigInt64BE());
    case "uint64":
      return Number(bytes.readBigUInt64BE());
    case "float64":
      return bytes.readDoubleBE();
  }
}

/** @returns undefined if the type does not hold it */
export function encodeNumber(value: number, type: NumberType, order: WordOrder): Buffer | undefined {
  const bytes = Buffer.alloc(SIZES[type]);
  try {
    if (type === "float32") bytes.writeFloatBE(value);
    else if (type === "float64") bytes.writeDoubleBE(value);
    else if (type === "int64") bytes.writeBigInt64BE(BigInt(value));
    else if (type === "uint64") bytes.writeBigUInt64BE(BigInt(value));
    else if (type === "int32") bytes.writeInt32BE(value);
    else if (type === "uint32") bytes.writeUInt32BE(value);
    else if (type === "int16") bytes.writeInt16BE(value);
    else bytes.writeUInt16BE(value);
  } catch {
    return undefined;
  }
  return ordered(bytes, order);
}

/** A product of decimals as a decimal: 2301 by 0.1 is 230.1. */
export function scaled(value: number, scale: number, offset: number): number {
  return scale === 1 && offset === 0 ? value : rounded(value * scale + offset, SCALED_DIGITS);
}

function rounded(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

function ordered(bytes: Buffer, order: WordOrder): Buffer {
  if (order === "high-first" || bytes.length === 2) return bytes;
  const words = Array.from({ length: bytes.length / 2 }, (_, i) => bytes.subarray(2 * i, 2 * i + 2));
  return Buffer.concat(words.reverse());
}
