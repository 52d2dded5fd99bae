import type { Values } from "../message/index.ts";
import type { Call, DriverEvent, Outcome } from "./driver.ts";

export interface OneOrderOptions {
  /** How long an answer may take, ms. */
  readonly withinMs: number;
  /** How often it is written, the first time included. An order that may not be repeated has 1. */
  readonly attempts: number;
  /** What had not happened yet when the next order came, after "… was sent before". */
  readonly before: string;
  /** Why nothing may have come. */
  readonly silence: string;
}

/**
 * What a device that also sends of itself was told last: written again until it is answered, since what comes while the device
 * itself sends is often lost. One at a time: the next takes its place. For sessions; it is as pure as they are.
 *
 *   give() ──► waiting ──end()──► ended
 *                │ └─time──► written again … ──time──► failed
 *                └─give() of the next──► failed
 */
export class OneOrder<O extends { readonly bytes: Uint8Array }> {
  readonly #options: OneOrderOptions;
  #waiting: { readonly call: Call; readonly order: O; attempts: number } | undefined;

  constructor(options: OneOrderOptions) {
    this.#options = options;
  }

  /** What is waited for. */
  get order(): O | undefined {
    return this.#waiting?.order;
  }

  give(call: Call, order: O): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const again = this.#waiting?.call.name === call.name ? " again" : "";
    this.end({ ok: false, reason: `${call.name} was sent${again} before ${this.#options.before}` }, events);
    this.#waiting = { call, order, attempts: 0 };
    return [...events, ...this.wake()];
  }

  /** What is waited for has come to this. */
  end(outcome: Outcome, events: DriverEvent[]): void {
    if (this.#waiting) events.push({ type: "outcome", call: this.#waiting.call.id, outcome });
    this.#waiting = undefined;
  }

  /** It has done what it was told. @param result what it answered, if anything */
  succeed(result: Values, events: DriverEvent[]): void {
    this.end(Object.keys(result).length > 0 ? { ok: true, result } : { ok: true }, events);
  }

  /** The order is on its way; what ends is the waiting for its answer. */
  cancel(call: string): readonly DriverEvent[] {
    if (this.#waiting?.call.id === call) this.#waiting = undefined;
    return [];
  }

  /** The time that an answer has is over. */
  wake(): readonly DriverEvent[] {
    const { withinMs, attempts, silence } = this.#options;
    const events: DriverEvent[] = [];
    const waiting = this.#waiting;
    if (waiting && waiting.attempts >= attempts) this.end({ ok: false, reason: silence }, events);
    else if (waiting) {
      waiting.attempts++;
      events.push({ type: "write", bytes: waiting.order.bytes }, { type: "wake", afterMs: withinMs });
    }
    return events;
  }
}
