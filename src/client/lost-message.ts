import type { Cursor, LostRange } from "../message/index.ts";
import type { Message } from "./messages.ts";

/** Readings of one stream that are gone for good, in the place where they would have come. */
export interface LostMessage extends LostRange {
  readonly kind: "lost";
  readonly agent: string;
  readonly device: string;
}

export type TelemetryMessage = Extract<Message, { kind: "telemetry" }>;

/** What one stream brings. */
export type StreamMessage = TelemetryMessage | LostMessage;

/** Where to go on after this message. */
export function cursorAfter(message: StreamMessage): Cursor {
  if (message.kind === "telemetry") return { epoch: message.epoch, seq: message.seq };
  // An open end: all of the epoch is gone.
  if (message.to === undefined) return { epoch: message.epoch + 1, seq: 0 };
  return { epoch: message.epoch, seq: message.to };
}

/** How many readings a range is known to be: at least one if its end is open. */
export function countLost({ from, to = from }: LostRange): number {
  return to - from + 1;
}
