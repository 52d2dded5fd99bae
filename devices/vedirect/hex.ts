/**
 * The HEX protocol: `:`, one digit for the command or the answer, bytes as two digits each, the check byte, LF. Command
 * and bytes add up to 0x55 (mod 256). Numbers inside are little endian. BlueSolar HEX protocol, 1.
 *
 *   host → device   :1 ping  :3 version  :4 product  :6 restart  :7 get  :8 set
 *   device → host   :1 done  :3 unknown  :4 error  :5 ping  :7 get  :8 set  :A of itself
 */
export interface HexFrame {
  readonly command: number;
  readonly data: Buffer;
}

export const COMMANDS = { ping: 1, version: 3, product: 4, restart: 6, get: 7, set: 8 } as const;
export const ANSWERS = { done: 1, unknown: 3, error: 4, ping: 5, get: 7, set: 8, async: 0xa } as const;

/** Colon and digits of the longest frame taken: history records are 78 long. */
export const MAX_HEX_CHARACTERS = 256;

const CHECK = 0x55;

/** A value of a register, asked for, set, or told of by the device: register u16, flags u8, value. */
export interface RegisterValue {
  readonly register: number;
  readonly flags: number;
  readonly value: Buffer;
}

/** What flags other than 0 mean. BlueSolar HEX protocol, 1, "Get". */
export const FLAG_FAULTS: Readonly<Record<number, string>> = {
  1: "the device does not know the register",
  2: "the device does not support this with the register",
  4: "the device does not take the value",
};

export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** @param text from the colon to before the line feed, digits only. @returns why it is no frame, if it is none */
export function readHex(text: Buffer): HexFrame | "checksum" | "unparsable" {
  // Colon, command, and at least the check byte.
  if (text.length < 4 || text.length % 2 !== 0) return "unparsable";
  const command = parseInt(text.toString("latin1", 1, 2), 16);
  const bytes = Buffer.from(text.toString("latin1", 2), "hex");
  const sum = bytes.reduce((total, byte) => total + byte, command);
  return (sum & 0xff) === CHECK ? { command, data: bytes.subarray(0, -1) } : "checksum";
}

export function writeHex(command: number, data: Uint8Array = Buffer.of()): Buffer {
  const check = (CHECK - command - data.reduce((sum, byte) => sum + byte, 0)) & 0xff;
  const digits = Buffer.from([...data, check]).toString("hex");
  return Buffer.from(`:${command.toString(16)}${digits}\n`.toUpperCase(), "latin1");
}

export function writeRegister(command: number, { register, flags, value }: RegisterValue): Buffer {
  return writeHex(command, Buffer.from([register & 0xff, register >> 8, flags, ...value]));
}

/** @returns undefined if the frame is too short for one */
export function registerOf({ data }: HexFrame): RegisterValue | undefined {
  if (data.length < 3) return undefined;
  return { register: data.readUInt16LE(0), flags: data.readUInt8(2), value: data.subarray(3) };
}
