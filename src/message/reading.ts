import type { ClockQuality } from "../base/index.ts";
import { DunlinError, messageOf } from "../base/index.ts";
import { decodeMap, head, isMap, text } from "./cbor.ts";
import { CborWriter } from "./cbor-writer.ts";
import type { Value, Values } from "./description.ts";
import { isName } from "./name.ts";
import { isValues } from "./values.ts";

/** One timestamped map of metric → value from one device; (epoch, seq) names it for ever. */
export interface Reading {
  /** Rises by one at each start of the agent. */
  readonly epoch: number;
  /** Rises by exactly one per stream, from 1 in each epoch. */
  readonly seq: number;
  /** When the bytes came, µs since 1970. Order comes from (epoch, seq), never from here. */
  readonly time: number;
  readonly clock: ClockQuality;
  readonly values: Values;
}

/** Longest body that a component may send, bytes. */
export const MAX_READING_BYTES = 64 * 1024;

const writer = new CborWriter();

/** Keys are in the order of the CDDL, so that a body begins with its number and can be checked without decoding. NaN and the infinities go out as null. */
export function encodeReading({ epoch, seq, time, clock, values }: Reading): Buffer {
  writer.map(5);
  writer.text("epoch");
  writer.number(epoch);
  writer.text("seq");
  writer.number(seq);
  writer.text("time");
  writer.number(time);
  writer.text("clock");
  writer.text(clock);
  writer.text("values");
  writeValues(values);
  return writer.take();
}

function writeValues(values: Values): void {
  const names = Object.keys(values);
  writer.map(names.length);
  for (const name of names) {
    writer.text(name);
    writeValue(values[name] ?? null);
  }
}

function writeValue(value: Value): void {
  if (typeof value === "number") writer.number(value);
  else if (typeof value === "string") writer.text(value);
  else if (value === null) writer.null();
  else writer.boolean(value);
}

/** @throws DunlinError `message-invalid` */
export function decodeReading(body: Uint8Array): Reading {
  return decodeReadingMap(decodeMap(body));
}

/** A reading that lies decoded in a larger message. @throws DunlinError `message-invalid` */
export function decodeReadingMap(map: unknown): Reading {
  const { epoch, seq, time, clock, values } = isMap(map) ? map : {};
  if (typeof epoch !== "number" || typeof seq !== "number" || typeof time !== "number" || !isMap(values))
    throw new DunlinError("message-invalid", "not a reading: epoch, seq, time and values are needed");
  return { epoch, seq, time, clock: clock === "synced" ? "synced" : "unsynced", values: values as Values };
}

const KEYS = "epoch,seq,time,clock,values";

/**
 * Holds the body of a reading by someone else's encoder against the whole of docs/protocol.cddl: what is published as a
 * reading is one, whoever made it.
 * @returns what is wrong, or undefined
 */
export function faultInReading(body: Uint8Array): string | undefined {
  let map: Readonly<Record<string, unknown>>;
  try {
    map = decodeMap(body);
  } catch (cause) {
    return messageOf(cause);
  }
  const { time, clock, values } = map;
  if (Object.keys(map).join() !== KEYS) return `reading whose keys are not ${KEYS}`;
  if (!Number.isSafeInteger(time) || (time as number) < 0)
    return "reading whose time is not in microseconds since 1970";
  if (clock !== "synced" && clock !== "unsynced") return "reading whose clock is neither synced nor unsynced";
  if (!isValues(values) || !Object.keys(values).every(isName))
    return "reading whose values are not finite numbers, texts, booleans or null by name";
  return undefined;
}

const SEQ_KEY = text("seq");
const TIME_KEY = text("time");

/** The bytes that every reading of an epoch begins with, up to the value of seq. */
export function readingPrefix(epoch: number): Buffer {
  return Buffer.concat([head("map", 5), text("epoch"), head("uint", epoch), SEQ_KEY]);
}

/**
 * The seq of a body that begins as it must, read without decoding anything else.
 * @param prefix from {@link readingPrefix}
 * @returns undefined if the body is of another epoch or not a reading
 */
export function seqOf(body: Buffer, prefix: Buffer): number | undefined {
  const at = prefix.length;
  return body.length <= at || prefix.compare(body, 0, at) !== 0 ? undefined : uintAt(body, at);
}

/** The time of a body that {@link seqOf} knows, µs since 1970. @throws DunlinError `message-invalid` */
export function timeOf(body: Buffer, prefix: Buffer): number {
  const key = prefix.length + uintBytes(body, prefix.length);
  const at = key + TIME_KEY.length;
  const isNext = at < body.length && TIME_KEY.compare(body, key, at) === 0;
  const time = isNext ? uintAt(body, at) : undefined;
  // Someone else's encoder may write it as a float.
  return time ?? decodeReading(body).time;
}

/** What a body of any epoch begins with. */
export interface Head {
  readonly epoch: number;
  readonly seq: number;
  /** µs since 1970. */
  readonly time: number;
}

const START = Buffer.concat([head("map", 5), text("epoch")]);

/** The number and time of a body of whatever epoch, read without decoding the rest. @returns undefined for what is no reading */
export function headOf(body: Buffer): Head | undefined {
  if (START.compare(body, 0, START.length) !== 0) return undefined;
  const epoch = uintAt(body, START.length);
  const seqKey = START.length + uintBytes(body, START.length);
  const seqAt = seqKey + SEQ_KEY.length;
  if (epoch === undefined || SEQ_KEY.compare(body, seqKey, seqAt) !== 0) return undefined;
  const seq = uintAt(body, seqAt);
  const timeKey = seqAt + uintBytes(body, seqAt);
  const timeAt = timeKey + TIME_KEY.length;
  if (seq === undefined || TIME_KEY.compare(body, timeKey, timeAt) !== 0) return undefined;
  // Someone else's encoder may write it as a float.
  const time = uintAt(body, timeAt) ?? floatAt(body, timeAt);
  return time === undefined ? undefined : { epoch, seq, time };
}

/** @returns undefined if there is no double, RFC 8949 §3.3 */
function floatAt(body: Buffer, at: number): number | undefined {
  return body[at] === 0xfb && body.length >= at + 9 ? body.readDoubleBE(at + 1) : undefined;
}

/** @returns undefined if there is no whole unsigned integer, RFC 8949 §3 */
function uintAt(body: Buffer, at: number): number | undefined {
  const low = body[at] ?? 0xff;
  if (low < 24) return low;
  if (low > 27 || body.length < at + uintBytes(body, at)) return undefined;
  if (low === 24) return body[at + 1];
  if (low === 25) return body.readUInt16BE(at + 1);
  if (low === 26) return body.readUInt32BE(at + 1);
  return body.readUInt32BE(at + 1) * 0x1_0000_0000 + body.readUInt32BE(at + 5);
}

function uintBytes(body: Buffer, at: number): number {
  const low = body[at] ?? 0;
  return low < 24 ? 1 : 1 + 2 ** (low - 24);
}
