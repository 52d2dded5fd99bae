import type { ErrorCode } from "../base/index.ts";
import type { Outcome } from "./driver.ts";

/** How a call ended: the driver's word, or an error on the way. */
export type CallEnd =
  | Outcome
  | { readonly ok: false; readonly reason: string; readonly code: ErrorCode }
  /** Stopped because it was asked for. */
  | { readonly ok: false; readonly cancelled: true };

/** The calls that a device has under way, each with its time limit. Every call that is opened is settled once. */
export class CallTable {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #onEnd: (id: string, end: CallEnd) => void;

  constructor(onEnd: (id: string, end: CallEnd) => void) {
    this.#onEnd = onEnd;
  }

  open(id: string, timeoutMs: number): void {
    const reason = `the device gave no answer within ${timeoutMs} ms`;
    this.#timers.set(
      id,
      setTimeout(() => this.settle(id, { ok: false, code: "timed-out", reason }), timeoutMs),
    );
  }

  has(id: string): boolean {
    return this.#timers.has(id);
  }

  /** The first settlement counts. */
  settle(id: string, end: CallEnd): void {
    const timer = this.#timers.get(id);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(id);
    this.#onEnd(id, end);
  }

  settleAll(end: CallEnd): void {
    for (const id of this.#timers.keys()) this.settle(id, end);
  }
}
