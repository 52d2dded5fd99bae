import { FRAME_COUNT, REQUEST, RESET, SELECTED, writeSelect, writeShort } from "./protocol.ts";

/** How a meter is addressed: by its number on the bus, or selected by its identification. */
export type Target = { readonly address: number } | { readonly select: Buffer };

/** What comes next: a request to be sent, or how it ended. */
export type Step = { readonly send: Buffer } | { readonly ended: "complete" | "no-answer" };

/** How often in a row a meter may leave requests without an answer. EN 13757-2, 5.7.3: up to two repetitions. */
const MAX_FAILURES = 3;
/** Telegrams of one readout: a meter that always has more must not be asked for ever. */
export const MAX_TELEGRAMS = 16;

/**
 * One readout of one meter. The reset makes it begin with its first telegram, and with a known frame count bit, which is
 * turned for each telegram that came and kept where a request is repeated.
 *
 *   reset ──E5──► [select ──E5──►] request ──telegram──► complete
 *     └─no answer─►                └─◄─more follow─┘  └──3 without an answer──► no-answer
 */
export class Readout {
  readonly #target: Target;
  #state: "reset" | "select" | "request" = "reset";
  #failures = 0;
  #telegrams = 0;
  #frameCount = FRAME_COUNT;

  constructor(target: Target) {
    this.#target = target;
  }

  get waitsForAck(): boolean {
    return this.#state !== "request";
  }

  begin(): Step {
    return { send: writeShort(RESET, this.#address) };
  }

  /** E5 has come. */
  acknowledged(): Step {
    this.#failures = 0;
    return this.#onward();
  }

  telegram(moreFollow: boolean): Step {
    this.#telegrams++;
    if (!moreFollow || this.#telegrams === MAX_TELEGRAMS) return { ended: "complete" };
    this.#failures = 0;
    this.#frameCount ^= FRAME_COUNT;
    return this.#request();
  }

  /** Nothing came in time, or nothing that was intact. A meter need not answer the reset. */
  expired(): Step {
    this.#failures++;
    if (this.#failures === MAX_FAILURES) return { ended: "no-answer" };
    if (this.#state === "reset") return this.#onward();
    return this.#state === "select" ? this.#select() : this.#request();
  }

  get #address(): number {
    return "address" in this.#target ? this.#target.address : SELECTED;
  }

  #onward(): Step {
    if (this.#state === "reset" && "select" in this.#target) return this.#select();
    return this.#request();
  }

  #select(): Step {
    this.#state = "select";
    return { send: writeSelect("select" in this.#target ? this.#target.select : Buffer.alloc(8, 0xff)) };
  }

  #request(): Step {
    this.#state = "request";
    return { send: writeShort(REQUEST | this.#frameCount, this.#address) };
  }
}
