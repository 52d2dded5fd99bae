import { DunlinError } from "../base/index.ts";
import { MAX_MESSAGE_BYTES, MAX_READING_BYTES } from "../message/index.ts";
import type { CommandRow } from "./command-row.ts";
import type { Entry } from "./packed-run.ts";

/** Latest time that steps between times can be counted from without loss, µs: the year 2112. */
const MAX_TIME_US = 2 ** 52;
/** One byte says how long a name is. */
const MAX_NAME_BYTES = 255;

/** @throws DunlinError `message-invalid`, `message-too-large` */
export function checkEntry(stream: string, { epoch, seq, timeUs, body }: Entry): void {
  const nameBytes = Buffer.byteLength(stream);
  if (nameBytes === 0 || nameBytes > MAX_NAME_BYTES) throw invalid(`a stream's name of ${nameBytes} bytes`);
  if (!isNumber(epoch) || !isNumber(seq)) throw invalid(`reading ${epoch}, ${seq} of ${stream}`);
  if (!Number.isSafeInteger(timeUs) || timeUs < 0 || timeUs > MAX_TIME_US)
    throw invalid(`time ${timeUs} of a reading of ${stream}`);
  if (body.length === 0) throw invalid(`empty reading of ${stream}`);
  if (body.length > MAX_READING_BYTES)
    throw new DunlinError(
      "message-too-large",
      `reading of ${body.length} bytes; at most ${MAX_READING_BYTES} are kept`,
    );
}

/** @throws DunlinError `message-too-large` */
export function checkCommand({ id, envelope, progress }: CommandRow): void {
  const size = Math.max(envelope.length, progress.length);
  if (size > MAX_MESSAGE_BYTES || Buffer.byteLength(id) > MAX_NAME_BYTES)
    throw new DunlinError(
      "message-too-large",
      `command of ${size} bytes; at most ${MAX_MESSAGE_BYTES} are kept`,
    );
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function invalid(what: string): DunlinError {
  return new DunlinError("message-invalid", `the journal cannot keep ${what}`);
}
