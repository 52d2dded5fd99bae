import { INCOMPLETE, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Firmata, protocol 2.x. protocol.md of firmata/protocol: "Message types" and "Sysex message format". Only the first byte of a
 * message, and the last of a sysex, has its top bit set, so that it shows where one begins, but no message has a checksum.
 *
 *   Ec lsb msb          analog channel c, 14 bits            9p lsb msb      digital port p, 8 pins
 *   F9 major minor      version                              F0 id … F7      sysex
 */
const ANALOG = 0xe0;
const DIGITAL = 0x90;
const VERSION = 0xf9;
const SYSEX = 0xf0;
const SYSEX_END = 0xf7;
const SHORT_BYTES = 3;
/** A board of 128 pins with a dozen modes each tells them in 3 KB. */
const MAX_SYSEX_BYTES = 4_096;
/** Of a channel or a port. */
const LOW_NIBBLE = 0x0f;

export const SYSEX_IDS = {
  mappingQuery: 0x69,
  mapping: 0x6a,
  capabilityQuery: 0x6b,
  capabilities: 0x6c,
  pinStateQuery: 0x6d,
  pinState: 0x6e,
  extendedAnalog: 0x6f,
  text: 0x71,
  firmware: 0x79,
  sampling: 0x7a,
} as const;

export const MODES = {
  input: 0,
  output: 1,
  analog: 2,
  pwm: 3,
  servo: 4,
  pullup: 11,
} as const;
export type ModeName = keyof typeof MODES;

/** Two bytes of data after the first. A byte with its top bit set among them begins another message: this one was cut. */
function shortFormat(first: number): FrameFormat {
  return {
    sync: [first],
    headBytes: 2,
    maxBytes: SHORT_BYTES,
    lengthOf: (bytes, at) => {
      for (let i = 1; i < SHORT_BYTES; i++) {
        if (at + i >= bytes.length) return INCOMPLETE;
        if ((bytes[at + i] ?? 0) >= 0x80) return 0;
      }
      return SHORT_BYTES;
    },
    isIntact: () => true,
  };
}

const SYSEX_FORMAT: FrameFormat = {
  sync: [SYSEX],
  headBytes: 2,
  maxBytes: MAX_SYSEX_BYTES,
  lengthOf: (bytes, at) => {
    const end = Math.min(bytes.length, at + MAX_SYSEX_BYTES);
    let i = at + 1;
    while (i < end && (bytes[i] ?? 0) < 0x80) i++;
    if (i < end) return bytes[i] === SYSEX_END ? i + 1 - at : 0;
    return end - at < MAX_SYSEX_BYTES ? INCOMPLETE : 0;
  },
  isIntact: () => true,
};

const NIBBLES = Array.from({ length: 16 }, (_, i) => i);

/** What a board sends. */
export const BOARD_FRAMES: readonly [FrameFormat, ...FrameFormat[]] = [
  SYSEX_FORMAT,
  shortFormat(VERSION),
  ...NIBBLES.map((channel) => shortFormat(ANALOG | channel)),
  ...NIBBLES.map((port) => shortFormat(DIGITAL | port)),
];

export type Message =
  | { readonly type: "analog"; readonly channel: number; readonly value: number }
  | { readonly type: "digital"; readonly port: number; readonly bits: number }
  | { readonly type: "version"; readonly major: number; readonly minor: number }
  | { readonly type: "sysex"; readonly id: number; readonly data: Buffer };

/** Of a whole frame. */
export function messageOf(frame: Buffer): Message {
  const first = frame[0] ?? 0;
  const second = frame[1] ?? 0;
  if (first === SYSEX) return { type: "sysex", id: second, data: frame.subarray(2, frame.length - 1) };
  const third = frame[2] ?? 0;
  if (first === VERSION) return { type: "version", major: second, minor: third };
  const value = second | (third << 7);
  return (first & 0xf0) === ANALOG
    ? { type: "analog", channel: first & LOW_NIBBLE, value }
    : { type: "digital", port: first & LOW_NIBBLE, bits: value };
}

/** Characters in two bytes each, seven bits a byte. */
export function textOf(data: Buffer): string {
  const codes = Array.from({ length: data.length >> 1 }, (_, i) => sevenBits(data, i * 2, 2));
  return Buffer.from(codes.map((code) => code & 0xff))
    .toString("utf8")
    .replaceAll(/\p{Cc}|�/gu, "")
    .trim();
}

/** A number of seven bits a byte, lowest first. */
export function sevenBits(data: Buffer, from: number, count = data.length - from): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += (data[from + i] ?? 0) * 2 ** (7 * i);
  return value;
}

export function writeSysex(id: number, ...data: readonly number[]): Buffer {
  return Buffer.from([SYSEX, id, ...data, SYSEX_END]);
}

export function writeText(id: number, head: readonly number[], text: string): Buffer {
  return writeSysex(
    id,
    ...head,
    ...[...Buffer.from(text, "utf8")].flatMap((byte) => [byte & 0x7f, byte >> 7]),
  );
}

export const VERSION_QUERY = Buffer.from([VERSION]);

export function writeVersion(major: number, minor: number): Buffer {
  return Buffer.from([VERSION, major, minor]);
}

export function writeAnalogInput(channel: number, value: number): Buffer {
  return Buffer.from([ANALOG | channel, value & 0x7f, value >> 7]);
}

/** To pins above 15, and values above 14 bits, by sysex. */
export function writeAnalogOutput(pin: number, value: number): Buffer {
  if (pin < 16 && value < 2 ** 14) return writeAnalogInput(pin, value);
  return writeSysex(SYSEX_IDS.extendedAnalog, pin, value & 0x7f, (value >> 7) & 0x7f, (value >> 14) & 0x7f);
}

export function writePort(port: number, bits: number): Buffer {
  return Buffer.from([DIGITAL | port, bits & 0x7f, bits >> 7]);
}

export function writePin(pin: number, isHigh: boolean): Buffer {
  return Buffer.from([0xf5, pin, isHigh ? 1 : 0]);
}

export function writeMode(pin: number, mode: number): Buffer {
  return Buffer.from([0xf4, pin, mode]);
}

export function reportAnalog(channel: number): Buffer {
  return Buffer.from([0xc0 | channel, 1]);
}

export function reportPort(port: number): Buffer {
  return Buffer.from([0xd0 | port, 1]);
}

export function writeSampling(intervalMs: number): Buffer {
  return writeSysex(SYSEX_IDS.sampling, intervalMs & 0x7f, intervalMs >> 7);
}
