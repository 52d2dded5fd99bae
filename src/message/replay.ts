import { DunlinError } from "../base/index.ts";
import { isMap } from "./cbor.ts";
import { decodeReadingMap, type Reading } from "./reading.ts";

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
