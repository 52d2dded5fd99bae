import { DunlinError } from "../base/index.ts";
import { decodeMap, encode, head, isMap, text } from "./cbor.ts";
import { decodeReply } from "./query.ts";
import { decodeReadingMap, type Reading } from "./reading.ts";
import { endOfItem } from "./well-formed.ts";

/** A place in a stream: everything up to and including reading `seq` of `epoch` lies behind it. */
export interface Cursor {
  readonly epoch: number;
  readonly seq: number;
}

/** Before every reading: epochs begin at 1. */
export const BEFORE_ALL: Cursor = { epoch: 0, seq: 0 };

/** Order of a stream: by (epoch, seq), never by time. */
export function isAfter(one: Cursor, other: Cursor): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq);
}

/** Readings that the journal does not have and never will, from one seq to another, both included. */
export interface LostRange {
  readonly epoch: number;
  readonly from: number;
  /** Absent if the epoch is older than all that the journal knows: how many there were cannot be said. */
  readonly to?: number;
}

/** Most readings in one answer: a decoder's bound on the items of an array. */
export const MAX_REPLAY_READINGS = 4_000;

/** What the query `replay` answers. Every seq from the cursor that was asked from up to `next` is in `readings` or in `lost`. */
export interface ReplayAnswer {
  readonly readings: readonly Reading[];
  readonly lost: readonly LostRange[];
  /** Where to go on from. */
  readonly next: Cursor;
  /** Whether there is more that is durable. */
  readonly more: boolean;
}

/** The same with the readings' bodies as they were published: for whoever passes them on. */
export interface RawReplayAnswer extends Omit<ReplayAnswer, "readings"> {
  readonly bodies: readonly Buffer[];
}

const RESULT = Buffer.concat([head("map", 2), text("ok"), encode(true), text("result")]);
const READINGS = Buffer.concat([RESULT, head("map", 4), text("readings")]);

/** The reply to a replay, spliced from bodies that are not decoded. */
export function encodeReplay({ bodies, lost, next, more }: RawReplayAnswer): Buffer {
  const rest = encode({ lost, next, more });
  // The rest is a map of three whose head goes: the readings make it one of four.
  return Buffer.concat([READINGS, head("array", bodies.length), ...bodies, rest.subarray(1)]);
}

/** `false` and `true` of CBOR, RFC 8949 §3.3. */
const [NO, YES] = [0xf4, 0xf5];

/**
 * The same reply, saying that there is more: whoever answers for another knows that it has not got everything yet. `more` is the last of
 * what {@link encodeReplay} writes.
 */
export function withMore(reply: Buffer): Buffer {
  if (!isReplay(reply) || reply.at(-1) !== NO) return reply;
  return Buffer.concat([reply.subarray(0, -1), Buffer.of(YES)]);
}

/** By its beginning; also of one that is shorter than that. */
function isReplay(reply: Buffer): boolean {
  return reply.length >= READINGS.length && READINGS.compare(reply, 0, READINGS.length) === 0;
}

/** Takes a reply of {@link encodeReplay} apart again. @throws the DunlinError that the reply carries, or `message-invalid` */
export function splitReplay(reply: Buffer): RawReplayAnswer {
  if (!isReplay(reply)) {
    decodeReply(reply);
    throw invalid();
  }
  const [count, first] = arrayHead(reply, READINGS.length);
  const bodies: Buffer[] = [];
  let at = first;
  while (bodies.length < count) {
    const end = endOfItem(reply, at);
    if (end === undefined) throw invalid();
    bodies.push(reply.subarray(at, end));
    at = end;
  }
  const { lost, next, more } = decodeMap(Buffer.concat([head("map", 3), reply.subarray(at)]));
  if (!Array.isArray(lost) || !lost.every(isLostRange) || !isCursor(next)) throw invalid();
  return { bodies, lost, next, more: more === true };
}

/** @returns how many items, and where the first begins */
function arrayHead(bytes: Buffer, at: number): [number, number] {
  const low = (bytes[at] ?? 0xff) - 0x80;
  if (low >= 0 && low < 24) return [low, at + 1];
  if (low === 24) return [bytes[at + 1] ?? 0, at + 2];
  if (low === 25 && bytes.length > at + 2) return [bytes.readUInt16BE(at + 1), at + 3];
  throw invalid();
}

/** @throws DunlinError `message-invalid` */
export function replayAnswerOf(result: unknown): ReplayAnswer {
  if (!isMap(result)) throw invalid();
  const { readings, lost, next, more } = result;
  if (!Array.isArray(readings) || !Array.isArray(lost) || !isCursor(next)) throw invalid();
  if (!lost.every(isLostRange)) throw invalid();
  return { readings: readings.map(decodeReadingMap), lost, next, more: more === true };
}

export function isCursor(raw: unknown): raw is Cursor {
  return isMap(raw) && isCount(raw["epoch"]) && isCount(raw["seq"]);
}

function isLostRange(raw: unknown): raw is LostRange {
  return (
    isMap(raw) &&
    isCount(raw["epoch"]) &&
    isCount(raw["from"]) &&
    (raw["to"] === undefined || isCount(raw["to"]))
  );
}

function isCount(raw: unknown): raw is number {
  return Number.isSafeInteger(raw) && (raw as number) >= 0;
}

function invalid(): DunlinError {
  return new DunlinError("message-invalid", "not a replay: readings, lost and next are needed");
}
