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

  give(call: Call, order: O, events: DriverEvent[]): void {
    const again = this.#waiting?.call.name === call.name ? " again" : "";
    this.end({ ok: false, reason: `${call.name} was sent${again} before ${this.#options.before}` }, events);
    this.#waiting = { call, order, attempts: 0 };
    this.wake(events);
  }

  /** What is waited for has come to this. */
  end(outcome: Outcome, events: DriverEvent[]): void {
    if (this.#waiting) events.push({ type: "outcome", call: this.#waiting.call.id, outcome });
    this.#waiting = undefined;
  }

  /** The order is on its way; what ends is the waiting for its answer. */
  cancel(call: string): void {
    if (this.#waiting?.call.id === call) this.#waiting = undefined;
  }

  /** The time that an answer has is over. */
  wake(events: DriverEvent[]): void {
    const { withinMs, attempts, silence } = this.#options;
    const waiting = this.#waiting;
    if (!waiting) return;
    if (waiting.attempts >= attempts) return this.end({ ok: false, reason: silence }, events);
    waiting.attempts++;
    events.push({ type: "write", bytes: waiting.order.bytes }, { type: "wake", afterMs: withinMs });
  }
}
