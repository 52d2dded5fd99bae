import { asDunlinError, DunlinError } from "../base/index.ts";
import type { Journal, ReplayLimit } from "../journal/index.ts";
import {
  BEFORE_ALL,
  COMMAND_STATES,
  decodeProgress,
  encode,
  encodeError,
  encodeReplay,
  encodeResult,
  head,
  isCursor,
  MAX_REPLAY_READINGS,
  text,
  type CommandState,
  type Cursor,
} from "../message/index.ts";

/** Bytes of bodies in one answer: with all that comes beside, well below the longest message. */
const REPLAY_BYTES = 192 * 1024;
/** Commands told of in one answer, if the asker sets no limit, and at most. */
const COMMANDS_DEFAULT = 100;
const COMMANDS_MAX = 500;

type Query = Readonly<Record<string, unknown>>;

/** The reply to one of the queries that only the journal can answer, whatever it is. */
export function answer(query: Query, journal: Journal): Buffer {
  try {
    switch (query["query"]) {
      case "replay":
        return replay(query, journal);
      case "command":
        return command(query, journal);
      case "commands":
        return commands(query, journal);
      default:
        throw new DunlinError("internal", `the journal does not answer ${String(query["query"])}`);
    }
  } catch (cause) {
    return encodeError(asDunlinError(cause));
  }
}

const OKAY = Buffer.concat([head("map", 2), text("ok"), encode(true), text("result")]);

/** The bodies go into the reply as they were published, not decoded and encoded again. */
function replay(query: Query, journal: Journal): Buffer {
  const stream = query["device"];
  if (typeof stream !== "string") throw invalid("device must be a device's name");
  const { readings, lost, next, more } = journal.read(
    stream,
    startOf(query, stream, journal),
    limitOf(query),
  );
  return encodeReplay({ bodies: readings.map(({ body }) => body), lost, next, more });
}

function startOf({ from, epoch, seq }: Query, stream: string, journal: Journal): Cursor {
  if (from !== undefined) {
    if (!Number.isSafeInteger(from) || (from as number) < 0)
      throw invalid("from must be microseconds since 1970");
    return journal.readByTime(stream, from as number);
  }
  if (epoch === undefined && seq === undefined) return BEFORE_ALL;
  const cursor = { epoch, seq };
  if (!isCursor(cursor)) throw invalid("epoch and seq must be whole numbers");
  return cursor;
}

function limitOf({ limit = MAX_REPLAY_READINGS }: Query): ReplayLimit {
  if (!Number.isSafeInteger(limit) || (limit as number) < 1)
    throw invalid("limit must be a whole number above 0");
  return { readings: Math.min(limit as number, MAX_REPLAY_READINGS), bytes: REPLAY_BYTES };
}

function command({ id }: Query, journal: Journal): Buffer {
  const row = typeof id === "string" ? journal.getCommand(id) : undefined;
  if (row) return Buffer.concat([OKAY, row.progress]);
  const asked = String(JSON.stringify(id)).slice(0, 64);
  throw new DunlinError("not-found", `no command ${asked}: it never came, or has been forgotten`);
}

function commands({ limit = COMMANDS_DEFAULT, state }: Query, journal: Journal): Buffer {
  if (!Number.isSafeInteger(limit) || (limit as number) < 1)
    throw invalid("limit must be a whole number above 0");
  if (state !== undefined && !COMMAND_STATES.includes(state as CommandState))
    throw invalid(`state must be one of ${COMMAND_STATES.join(", ")}`);
  const wanted = { limit: Math.min(limit as number, COMMANDS_MAX) };
  const rows = journal.listCommands(
    state === undefined ? wanted : { ...wanted, state: state as CommandState },
  );
  return encodeResult(fitting(rows.map(({ progress }) => decodeProgress(progress))));
}

/** Results can be long: as many as one message takes. */
function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = items.findIndex((item) => (bytes += encode(item).length) > REPLAY_BYTES);
  return end < 0 ? items : items.slice(0, end);
}

function invalid(what: string): DunlinError {
  return new DunlinError("arguments-invalid", what);
}
