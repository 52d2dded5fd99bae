/**
 * Modbus frames, as RTU (Modbus over Serial Line V1.02) and as TCP (Messaging on TCP/IP Implementation Guide V1.0b). A reply
 * is told by what was asked, never by its bytes alone: a payload may hold anything.
 */

/** How frames go over the line. A serial server that passes bytes on, behind `tcp://`, is rtu. */
export type Transport = "rtu" | "tcp";

/** Function codes (Application Protocol V1.1b3, section 6). */
export const READ = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;
export const WRITE_COIL = 5;
export const WRITE_REGISTER = 6;
export const WRITE_REGISTERS = 16;
/** Set in the function code of a reply that is an exception. */
export const EXCEPTION = 0x80;

export type Table = keyof typeof READ;

/** Most registers, and most bits, in one request (section 6.1 to 6.4). */
export const MAX_REGISTERS = 125;
export const MAX_BITS = 2_000;

/** A request without its address and checksum, and how long its reply is, function code included. */
export interface Request {
  readonly pdu: Buffer;
  readonly replyBytes: number;
}

export function readRequest(table: Table, start: number, count: number): Request {
  const pdu = Buffer.alloc(5);
  pdu[0] = READ[table];
  pdu.writeUInt16BE(start, 1);
  pdu.writeUInt16BE(count, 3);
  const isBits = table === "coil" || table === "discrete";
  return { pdu, replyBytes: 2 + (isBits ? Math.ceil(count / 8) : count * 2) };
}

/** A coil is on by FF00 (section 6.5). */
export function writeCoil(address: number, on: boolean): Request {
  return echoed(WRITE_COIL, address, on ? 0xff00 : 0);
}

/** One register by function 6, several by 16, which some devices want for one, too. */
export function writeRegisters(address: number, registers: Buffer, always16 = false): Request {
  if (registers.length === 2 && !always16) return echoed(WRITE_REGISTER, address, registers.readUInt16BE());
  const head = Buffer.alloc(6);
  head[0] = WRITE_REGISTERS;
  head.writeUInt16BE(address, 1);
  head.writeUInt16BE(registers.length / 2, 3);
  head[5] = registers.length;
  return { pdu: Buffer.concat([head, registers]), replyBytes: 5 };
}

/** A maker's own function (section 5: user-defined). @param replyBytes what follows the code in the reply */
export function ownFunction(code: number, data: Uint8Array, replyBytes: number): Request {
  return { pdu: Buffer.concat([Buffer.of(code), data]), replyBytes: 1 + replyBytes };
}

function echoed(code: number, address: number, value: number): Request {
  const pdu = Buffer.alloc(5);
  pdu[0] = code;
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(value, 3);
  return { pdu, replyBytes: 5 };
}

/** CRC-16/MODBUS: 0xFFFF, polynomial 0xA001 reflected (Serial Line V1.02, section 6.2.2). */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

/** @param transaction by which a reply over TCP is told from a late one; RTU has none */
export function frameOf(transport: Transport, unit: number, pdu: Buffer, transaction: number): Buffer {
  if (transport === "tcp") {
    const head = Buffer.alloc(7);
    head.writeUInt16BE(transaction, 0);
    head.writeUInt16BE(pdu.length + 1, 4);
    head[6] = unit;
    return Buffer.concat([head, pdu]);
  }
  const frame = Buffer.concat([Buffer.from([unit]), pdu, Buffer.alloc(2)]);
  frame.writeUInt16LE(crc16(frame, 0, frame.length - 2), frame.length - 2);
  return frame;
}

/** Exception codes in words (Application Protocol V1.1b3, section 7). */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "it does not know this function",
  2: "it has no such register",
  3: "it does not take this value",
  4: "it failed",
  5: "it needs longer",
  6: "it is busy",
  8: "its memory failed a check",
  10: "the gateway has no path to it",
  11: "it did not answer the gateway",
};

export function exceptionText(code: number): string {
  return `the device says exception ${code}: ${EXCEPTIONS[code] ?? "of its own"}`;
}
