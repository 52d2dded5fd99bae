import type { LinkState, Message } from "../client/index.ts";

/** What is known of whom one looks at. Times are ms of a clock that never steps. */
export interface Watch {
  take(message: Message, nowMs: number): void;
  /** The answer to the query `status`. */
  status(status: unknown, nowMs: number): void;
  link(state: LinkState, nowMs: number): void;
}

/** How the link to it is, and since when. */
export interface Linked {
  readonly state: LinkState;
  readonly sinceMs: number;
}
