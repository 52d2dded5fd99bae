import { COMMAND_STATES, type CommandState } from "../message/index.ts";

/** A command and where it stands, as the journal keeps it: it reads neither the envelope nor the progress. */
export interface CommandRow {
  readonly id: string;
  readonly state: CommandState;
  /** Of this state, µs since 1970. */
  readonly timeUs: number;
  /** The command as it was asked for. */
  readonly envelope: Buffer;
  /** Its newest progress, as published. */
  readonly progress: Buffer;
}

/** state u8 │ time f64 │ envelope bytes u32 │ envelope │ progress */
const HEAD_BYTES = 13;

/** Everything but the id. */
export function encodeCommandRow({ state, timeUs, envelope, progress }: CommandRow): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = COMMAND_STATES.indexOf(state);
  head.writeDoubleLE(timeUs, 1);
  head.writeUInt32LE(envelope.length, 9);
  return Buffer.concat([head, envelope, progress]);
}

/** @throws RangeError if it does not hold together */
export function decodeCommandRow(id: string, bytes: Buffer): CommandRow {
  const state = COMMAND_STATES[bytes.readUInt8(0)];
  const end = HEAD_BYTES + bytes.readUInt32LE(9);
  if (state === undefined || end > bytes.length) throw new RangeError("not a command");
  const envelope = bytes.subarray(HEAD_BYTES, end);
  return { id, state, timeUs: bytes.readDoubleLE(1), envelope, progress: bytes.subarray(end) };
}
