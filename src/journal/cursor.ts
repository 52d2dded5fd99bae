/** A place in a stream: everything up to and including reading `seq` of `epoch` lies behind it. */
export interface Cursor {
  readonly epoch: number;
  readonly seq: number;
}

/** Before every reading: epochs begin at 1. */
export const BEFORE_ALL: Cursor = { epoch: 0, seq: 0 };

/** Order of the journal: by (epoch, seq), never by time. */
export function isAfter(one: Cursor, other: Cursor): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq);
}
