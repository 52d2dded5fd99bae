/**
 * Slamtec's protocol. Interface protocol LR001, "Request packets' format" and "Response packets' format"; all is little endian.
 *
 *   request      A5 | command | [length | payload | XOR of all before]
 *   descriptor   A5 5A | length, 30 bits; mode, 2 bits | type        what kind of answer follows, and how long it is
 *   answer       once (mode 0), or again and again until the lidar is stopped (mode 1)
 */
import { xor8 } from "../../src/codec/index.ts";

const SYNC = 0xa5;
const SYNC_2 = 0x5a;
export const DESCRIPTOR_BYTES = 7;
/** Of the longest answer, that of an extended scan. */
export const MAX_ANSWER_BYTES = 132;

export const COMMANDS = {
  stop: 0x25,
  reset: 0x40,
  scan: 0x20,
  info: 0x50,
  health: 0x52,
  express: 0x82,
  motorPwm: 0xf0,
} as const;

export type AnswerKind = "info" | "health" | "other" | "nodes" | "capsules" | "dense" | "stream";

/** What a descriptor announces. */
export interface Descriptor {
  readonly kind: AnswerKind;
  readonly bytes: number;
  /** Answers follow until the lidar is stopped. */
  readonly isStream: boolean;
}

const NODE_BYTES = 5;
const CAPSULE_BYTES = 84;
/** By type: what it is, and its length. The requests' chapters of LR001. */
const DESCRIPTORS: Readonly<Record<number, Descriptor>> = {
  0x04: { kind: "info", bytes: 20, isStream: false },
  0x06: { kind: "health", bytes: 3, isStream: false },
  0x15: { kind: "other", bytes: 4, isStream: false },
  0x81: { kind: "nodes", bytes: NODE_BYTES, isStream: true },
  0x82: { kind: "capsules", bytes: CAPSULE_BYTES, isStream: true },
  0x84: { kind: "stream", bytes: MAX_ANSWER_BYTES, isStream: true },
  0x85: { kind: "dense", bytes: CAPSULE_BYTES, isStream: true },
};

/** @returns undefined if none begins here, or if it is not all there */
export function descriptorAt(bytes: Buffer, at: number): Descriptor | undefined {
  if (bytes[at] !== SYNC || bytes[at + 1] !== SYNC_2 || at + DESCRIPTOR_BYTES > bytes.length)
    return undefined;
  const announced = bytes.readUInt32LE(at + 2);
  const known = DESCRIPTORS[bytes[at + 6] ?? 0];
  const isAsKnown = known?.bytes === (announced & 0x3fff_ffff) && known.isStream === announced >>> 30 > 0;
  return isAsKnown ? known : undefined;
}

/** Whether a descriptor may begin here, of which not all is there. */
export function isDescriptorBegun(bytes: Buffer, at: number): boolean {
  const rest = bytes.length - at;
  return bytes[at] === SYNC && rest < DESCRIPTOR_BYTES && (rest === 1 || bytes[at + 1] === SYNC_2);
}

export function writeRequest(command: number, payload?: readonly number[]): Buffer {
  if (!payload) return Buffer.from([SYNC, command]);
  const bytes = Buffer.from([SYNC, command, payload.length, ...payload, 0]);
  bytes[bytes.length - 1] = xor8(bytes, 0, bytes.length - 1);
  return bytes;
}

export function writeDescriptor(type: number): Buffer {
  const { bytes, isStream } = DESCRIPTORS[type] ?? { bytes: 0, isStream: false };
  const descriptor = Buffer.from([SYNC, SYNC_2, 0, 0, 0, 0, type]);
  descriptor.writeUInt32LE((bytes | (isStream ? 0x4000_0000 : 0)) >>> 0, 2);
  return descriptor;
}

/** @param mode the lidar's own number of a working mode; 0 is the one that all have. EXPRESS_SCAN */
export function expressRequest(mode: number): Buffer {
  return writeRequest(COMMANDS.express, [mode, 0, 0, 0, 0]);
}

export interface Info {
  readonly model: number;
  readonly firmware: string;
  readonly hardware: number;
  readonly serial: string;
}

/** GET_INFO. */
export function infoOf(answer: Buffer): Info {
  const minor = String(answer[1] ?? 0).padStart(2, "0");
  return {
    model: answer[0] ?? 0,
    firmware: `${answer[2]}.${minor}`,
    hardware: answer[3] ?? 0,
    serial: answer.toString("hex", 4, 20).toUpperCase(),
  };
}

const HEALTH = ["good", "warning", "error"] as const;

export interface Health {
  readonly status: (typeof HEALTH)[number];
  readonly error_code: number;
}

/** @returns undefined for a status that there is not. GET_HEALTH */
export function healthOf(answer: Buffer): Health | undefined {
  const status = HEALTH[answer[0] ?? HEALTH.length];
  return status && { status, error_code: answer.readUInt16LE(1) };
}
