import type { Outcome } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { ORDERS, type OrderName } from "./protocol.ts";

/** Orders after which a frame comes, and those after which none comes any more. */
const EXPECTS: Readonly<Record<OrderName, "frame" | "silence">> = {
  read: "frame",
  active: "frame",
  wake: "frame",
  passive: "silence",
  sleep: "silence",
};

/** How long a frame may be on its way, ms: a read is answered at once; the fan must start before the first push. */
const FRAME_WITHIN_MS = { read: 3_000, active: 5_000, wake: 8_000 } as const;
/** Frames that were on their way when the order was given have come by then, ms. */
const SETTLE_MS = 1_000;
/** Longer than the slowest pace of pushing, 2.3 s. Data manual, "stable mode", ms. */
const SILENCE_MS = 3_000;

/** What comes next: an outcome, or a wait. */
export type Step = { readonly outcome: Outcome } | { readonly afterMs: number };

/**
 * Whether a sensor has done as it was told. Sleep, passive and active are answered, but not by every sensor, and wake by
 * none: so what the sensor does tells as well. One order at a time.
 *
 *   (order)──►waiting──answer──────────────────────────────►succeeded
 *               │ expects a frame:   ──frame──►succeeded    ──time──►failed
 *               │ expects silence: ──1 s──►listening──3 s without a frame──►succeeded │ ──frame──►failed at 3 s
 */
export class Confirmation {
  readonly call: string;
  readonly #order: OrderName;
  #listening = false;
  #frames = 0;

  constructor(call: string, order: OrderName) {
    this.call = call;
    this.#order = order;
  }

  begin(): Step {
    const order = this.#order;
    return { afterMs: order === "sleep" || order === "passive" ? SETTLE_MS : FRAME_WITHIN_MS[order] };
  }

  answer(answered: { readonly command: number; readonly value: number }): Step | undefined {
    const { command, value } = ORDERS[this.#order];
    return answered.command === command && answered.value === value ? { outcome: { ok: true } } : undefined;
  }

  frame(values: Values): Step | undefined {
    this.#frames++;
    if (EXPECTS[this.#order] === "silence") return undefined;
    return { outcome: this.#order === "read" ? { ok: true, result: values } : { ok: true } };
  }

  time(): Step {
    if (EXPECTS[this.#order] === "frame")
      return {
        outcome: { ok: false, reason: "no frame came: is the sensor asleep, or its RX pin not connected?" },
      };
    if (!this.#listening) {
      this.#listening = true;
      this.#frames = 0;
      return { afterMs: SILENCE_MS };
    }
    if (this.#frames === 0) return { outcome: { ok: true } };
    return { outcome: { ok: false, reason: "the sensor goes on sending: is its RX pin connected?" } };
  }
}
