import { DunlinError } from "../base/index.ts";
import { isAfter, type Cursor, type Reading } from "../message/index.ts";
import type { LostMessage, TelemetryMessage } from "./lost-message.ts";
import { StreamMerge, type StreamStart } from "./stream-merge.ts";

/** What an agent's state message says of one stream. */
export interface StreamNews {
  readonly epoch: number;
  /** Absent if the agent does not know the device (yet). */
  readonly seq: number | undefined;
  readonly durable: number;
  readonly journal: boolean;
}

/** One stream of a durable subscription: its merge, and what is known of it. */
export class DurableTrack {
  readonly agent: string;
  readonly device: string;
  /** `<agent>/<device>` */
  readonly key: string;
  readonly merge: StreamMerge<TelemetryMessage, LostMessage>;
  /** Of the first reading wanted, µs since 1970, while the position is not known. */
  readonly fromUs: number | undefined;
  /** Where it is read from, as far as that is known from the beginning. */
  readonly start: Cursor | undefined;
  /** Where the caller said to go on, until it has been held against what the agent has. */
  #unchecked: Cursor | undefined;
  /** Replays in a row that failed or brought nothing. */
  attempt = 0;
  /** The agent does not know the device. */
  unknown = false;

  constructor(agent: string, device: string, start: StreamStart | { readonly timeUs: number }) {
    this.agent = agent;
    this.device = device;
    this.key = `${agent}/${device}`;
    const byTime = typeof start === "object" && "timeUs" in start;
    this.fromUs = byTime ? start.timeUs : undefined;
    this.start = typeof start === "object" && !byTime ? start : undefined;
    this.#unchecked = this.start;
    this.merge = new StreamMerge({
      start: byTime ? "asked" : start,
      lostOf: ({ epoch, from, to }) => ({
        kind: "lost",
        agent,
        device,
        epoch,
        from,
        ...(to !== undefined && { to }),
      }),
    });
  }

  /** @throws DunlinError `arguments-invalid` if the caller's cursor is of another agent */
  note({ epoch, seq, durable, journal }: StreamNews): void {
    this.#check(epoch, seq);
    if (journal) this.merge.withJournal();
    else this.merge.withoutJournal();
    this.merge.newest({ epoch, seq: seq ?? 0 });
    if (journal) this.merge.durable({ epoch, seq: durable });
  }

  /** A replayed reading as a message. One object literal: this is done for each reading. */
  message({ epoch, seq, time, clock, values }: Reading): TelemetryMessage {
    return { kind: "telemetry", agent: this.agent, device: this.device, epoch, seq, time, clock, values };
  }

  #check(epoch: number, seq: number | undefined): void {
    const cursor = this.#unchecked;
    if (!cursor) return;
    if (cursor.epoch > epoch || (seq !== undefined && isAfter(cursor, { epoch, seq })))
      throw aheadOf(this.key, cursor, { epoch, seq });
    if (seq !== undefined || cursor.epoch < epoch) this.#unchecked = undefined;
  }
}

function aheadOf(
  key: string,
  cursor: Cursor,
  { epoch, seq }: { epoch: number; seq: number | undefined },
): DunlinError {
  const newest = seq === undefined ? `epoch ${epoch}` : `${epoch}/${seq}`;
  return new DunlinError(
    "arguments-invalid",
    `the cursor ${cursor.epoch}/${cursor.seq} of ${key} is ahead of the agent, which is at ${newest}: this is another agent of the same name, or it has lost its state; begin anew, without the cursor`,
    { context: { stream: key, cursorEpoch: cursor.epoch, cursorSeq: cursor.seq, epoch } },
  );
}
