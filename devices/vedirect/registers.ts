import type { Value, Values } from "../../src/message/index.ts";
import type { RegisterValue } from "./hex.ts";
import { REGISTERS, type Register } from "./registers.table.ts";

/** @returns the number in `0xEDF0`, or undefined */
export function parseRegister(text: string): number | undefined {
  return /^0x[0-9a-f]{1,4}$/i.test(text) ? Number(text) : undefined;
}

export function formatRegister(register: number): string {
  return `0x${register.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A register as a command's result: with name, unit and value if it is known, and always as it is on the line. */
export function describeRegister({ register, value }: RegisterValue): Values {
  const known = REGISTERS[register];
  const common = { register: formatRegister(register), raw: value.toString("hex").toUpperCase() };
  if (known && known.size === value.length)
    return {
      ...common,
      name: known.name,
      value: decode(known, value),
      ...(known.unit === undefined ? {} : { unit: known.unit }),
    };
  return [1, 2, 4].includes(value.length) ? { ...common, value: value.readUIntLE(0, value.length) } : common;
}

/** All ones, or the greatest number if there are signed ones, is no value. BlueSolar HEX protocol, 1. */
function decode({ size, signed, divisor = 1 }: Register, bytes: Buffer): Value {
  const value = signed ? bytes.readIntLE(0, size) : bytes.readUIntLE(0, size);
  const none = 2 ** (8 * size - (signed ? 1 : 0)) - 1;
  // What one byte holds are states, 255 among them.
  return size > 1 && value === none ? null : value / divisor;
}

/** @param size bytes of a register that is not known. @returns why it cannot be written, if so */
export function encodeRegister(
  register: number,
  value: number,
  size?: number,
): Buffer | { readonly fault: string } {
  const known = REGISTERS[register] ?? (size === undefined ? undefined : unknown(size));
  if (!known) return { fault: `${formatRegister(register)} is not a known register: say its size` };
  if (size !== undefined && size !== known.size)
    return { fault: `${formatRegister(register)} has ${known.size} bytes, not ${size}` };
  const raw = Math.round(value * (known.divisor ?? 1));
  const bits = 8 * known.size;
  const min = -(2 ** (bits - 1));
  const max = known.signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  if (raw < (known.signed || !REGISTERS[register] ? min : 0) || raw > max)
    return { fault: `${value} does not fit into the ${known.size} bytes of ${formatRegister(register)}` };
  const bytes = Buffer.alloc(known.size);
  bytes.writeUIntLE(raw < 0 ? raw + 2 ** bits : raw, 0, known.size);
  return bytes;
}

function unknown(size: number): Register {
  return { name: "", size: size === 1 || size === 2 ? size : 4 };
}
