import type { DriverEvent } from "../../src/device/index.ts";
import type { Order } from "./commands.ts";
import type { HexFrame } from "./hex.ts";

/** A device answers within a few tens of ms, ms. */
const ANSWER_WITHIN_MS = 2_000;
/** Most commands that wait for the one before. */
const MAX_WAITING = 8;

interface Entry {
  readonly call: string;
  readonly order: Order;
}

/**
 * One command at a time: some answers do not say to what.
 *
 *   waiting──►under way──answer──►(outcome)
 *                └──2 s──►(failed)
 */
export class Exchange {
  #waiting: Entry[] = [];
  #current: Entry | undefined;

  run(call: string, order: Order): DriverEvent[] {
    if (this.#waiting.length === MAX_WAITING)
      return [failed(call, `${MAX_WAITING} commands are waiting already`)];
    this.#waiting.push({ call, order });
    return this.#next();
  }

  cancel(call: string): DriverEvent[] {
    this.#waiting = this.#waiting.filter((entry) => entry.call !== call);
    if (this.#current?.call !== call) return [];
    this.#current = undefined;
    return this.#next();
  }

  /** @returns undefined if nobody waits for it */
  answer(frame: HexFrame): DriverEvent[] | undefined {
    const outcome = this.#current?.order.answer?.(frame);
    if (!this.#current || !outcome) return undefined;
    const { call } = this.#current;
    this.#current = undefined;
    return [{ type: "outcome", call, outcome }, ...this.#next()];
  }

  time(): DriverEvent[] {
    if (!this.#current) return [];
    const { call } = this.#current;
    this.#current = undefined;
    return [failed(call, "the device does not answer: is its RX pin connected?"), ...this.#next()];
  }

  #next(): DriverEvent[] {
    const events: DriverEvent[] = [];
    while (!this.#current) {
      const entry = this.#waiting.shift();
      if (!entry) break;
      events.push({ type: "write", bytes: entry.order.bytes });
      if (entry.order.answer) this.#current = entry;
      else events.push({ type: "outcome", call: entry.call, outcome: { ok: true } });
    }
    if (this.#current && events.length > 0) events.push({ type: "wake", afterMs: ANSWER_WITHIN_MS });
    return events;
  }
}

function failed(call: string, reason: string): DriverEvent {
  return { type: "outcome", call, outcome: { ok: false, reason } };
}
