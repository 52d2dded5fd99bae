import { sum16, type FrameFormat } from "../../src/codec/index.ts";

/**
 * Frames of Daly's battery managements (Daly "UART/485 communication protocol"), all of 13 bytes:
 *
 *   A5 | address of who sends | command | 08 | eight bytes of data | sum u8 of all before it
 *
 * An answer has the command of its request; the cells' voltages and the thermometers come in several frames.
 */
const SYNC = 0xa5;
const DATA_BYTES = 8;
const HEAD_BYTES = 4;
const FRAME_BYTES = HEAD_BYTES + DATA_BYTES + 1;

const BMS = 0x01;
/** As whom the host asks. Some firmware answers only one of them. */
export const HOSTS = { computer: 0x40, bluetooth: 0x80 } as const;
export type Host = keyof typeof HOSTS;

export const COMMANDS = {
  pack: 0x90,
  cellExtremes: 0x91,
  temperatureExtremes: 0x92,
  mosfets: 0x93,
  status: 0x94,
  cellVoltages: 0x95,
  temperatures: 0x96,
  balance: 0x97,
  faults: 0x98,
  setDischarge: 0xd9,
  setCharge: 0xda,
} as const;
const KNOWN: ReadonlySet<number> = new Set<number>(Object.values(COMMANDS));

export const DALY_FRAMES: FrameFormat = {
  sync: [SYNC],
  headBytes: HEAD_BYTES,
  maxBytes: FRAME_BYTES,
  lengthOf: (bytes, at) => (KNOWN.has(bytes[at + 2] ?? 0) && bytes[at + 3] === DATA_BYTES ? FRAME_BYTES : 0),
  isIntact: (bytes, start, end) =>
    (sum16(bytes, start, end - 1) & 0xff) === bytes[end - 1] && !hasHeadInside(bytes, start, end),
};

/**
 * A frame that was cut off and the beginning of the next one: one byte of a sum fits them in one of 256 cases. The price
 * is that data that end like a head, A5 and the address, are refused: 42.1 % of charge, if the sum is 01 as well.
 */
function hasHeadInside(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + HEAD_BYTES; at < end - 1; at++)
    if (
      bytes[at] === SYNC &&
      bytes[at + 1] === bytes[start + 1] &&
      (at + 2 >= end || KNOWN.has(bytes[at + 2] ?? 0)) &&
      (at + 3 >= end || bytes[at + 3] === DATA_BYTES)
    )
      return true;
  return false;
}

export interface Answer {
  readonly command: number;
  readonly data: Buffer;
}

/** @returns undefined for what does not come from a BMS: one's own echo, or another host */
export function answerOf(frame: Buffer): Answer | undefined {
  return frame[1] === BMS ? contentOf(frame) : undefined;
}

/** What the BMS hears; undefined if no host has sent it. */
export function requestOf(frame: Buffer): Answer | undefined {
  return frame[1] === BMS ? undefined : contentOf(frame);
}

export function writeRequest(host: Host, command: number, ...data: readonly number[]): Buffer {
  return frameOf(HOSTS[host], command, Buffer.from(data));
}

export function writeAnswer(command: number, data: Uint8Array): Buffer {
  return frameOf(BMS, command, data);
}

function contentOf(frame: Buffer): Answer {
  return { command: frame[2] ?? 0, data: frame.subarray(HEAD_BYTES, HEAD_BYTES + DATA_BYTES) };
}

function frameOf(address: number, command: number, data: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([SYNC, address, command, DATA_BYTES]);
  frame.set(data, HEAD_BYTES);
  frame[FRAME_BYTES - 1] = sum16(frame, 0, FRAME_BYTES - 1) & 0xff;
  return frame;
}
