import type { DiscardReason } from "../../src/device/index.ts";
import { readFixed, type Fixed } from "./fixed.ts";
import { IDENTITY_BYTES, isEncrypted, readIdentity, type Identity } from "./identity.ts";
import { CI, isResponse, type LongFrame } from "./protocol.ts";
import { readRecords, type DataRecord, type Records } from "./records.ts";

/** What a meter answers. */
export type Telegram =
  | ({ readonly type: "variable"; readonly identity: Identity } & Records)
  | { readonly type: "fixed"; readonly fixed: Fixed }
  /** It could not do as it was asked. */
  | { readonly type: "error"; readonly text: string };

/** Application errors. M-Bus documentation 4.8, 6.6. */
const ERRORS: readonly string[] = [
  "unspecified error",
  "unimplemented kind of data",
  "buffer too long",
  "too many records",
  "premature end of a record",
  "more than 10 DIFE",
  "more than 10 VIFE",
  "reserved",
  "application too busy",
  "too many readouts",
];

/** @returns why there is no telegram in an intact frame */
export function readTelegram(frame: LongFrame): Telegram | DiscardReason {
  if (!isResponse(frame)) return "unsupported";
  const { ci, data } = frame;
  switch (ci) {
    case CI.variable:
      return variable(data);
    case CI.variableMsbFirst:
      return variable(turned(data, [4, 2, 1, 1, 1, 1, 2]), true);
    case CI.fixed:
      return fixed(data);
    case CI.fixedMsbFirst:
      return fixed(turned(data, [4, 1, 1, 1, 1, 4, 4]));
    case CI.error: {
      const code = data[0] ?? 0;
      return { type: "error", text: ERRORS[code] ?? `error ${code}` };
    }
    default:
      return "unsupported";
  }
}

/** @param isTurned whether numbers are sent highest byte first: mode 2, which no new meter has */
function variable(data: Buffer, isTurned = false): Telegram | DiscardReason {
  if (data.length < IDENTITY_BYTES) return "unparsable";
  const identity = readIdentity(data);
  const rest = data.subarray(IDENTITY_BYTES);
  if (isEncrypted(identity, rest)) return "unsupported";
  const found = readRecords(rest);
  if (!found) return "unparsable";
  return {
    type: "variable",
    identity,
    ...found,
    records: isTurned ? found.records.map(turnedRecord) : found.records,
  };
}

function fixed(data: Buffer): Telegram | DiscardReason {
  const found = readFixed(data);
  return found ? { type: "fixed", fixed: found } : "unparsable";
}

/** Each of the fields that the data begin with, last byte first; what follows is left as it is. */
function turned(data: Buffer, fields: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const bytes of fields) {
    parts.push(Buffer.from(data.subarray(at, at + bytes)).reverse());
    at += bytes;
  }
  return Buffer.concat([...parts, data.subarray(at)]);
}

function turnedRecord(record: DataRecord): DataRecord {
  return record.variable === undefined
    ? { ...record, content: Buffer.from(record.content).reverse() }
    : record;
}
