import { MAX_MESSAGE_BYTES } from "../message/index.ts";

/** Options of every PAIR. The path is local: what counts is that nothing waits for a peer that is gone. */
export const PAIR_OPTIONS = {
  linger: 0,
  /** A component that sends more is disconnected. One message may hold a batch of readings. */
  maxMessageSize: MAX_MESSAGE_BYTES,
  sendHighWaterMark: 10_000,
  receiveHighWaterMark: 10_000,
} as const;

/** First bytes of a reading's topic; no verb begins with them. */
const TELEMETRY = Buffer.from("telemetry/");

/** Whether a message with this first frame is of readings. */
export function isTelemetry(first: Buffer): boolean {
  return first.length > TELEMETRY.length && TELEMETRY.compare(first, 0, TELEMETRY.length) === 0;
}
