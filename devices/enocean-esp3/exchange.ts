import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import { outcomeOf } from "./commands.ts";
import type { Packet } from "./protocol.ts";

interface Request {
  readonly call: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A gateway that has not responded by then will not. ESP3 specification, RESPONSE: within 500 ms. */
const RESPONSE_WITHIN_MS = 600;

/** One request at a time: a response does not say what it answers. */
export class Exchange {
  #queue: Request[] = [];
  #asked: Request | undefined;
  /** Given up, but its response may come yet: what it answers must not be taken for the next one's. */
  #isWaiting = false;

  request(request: Request): DriverEvent[] {
    this.#queue.push(request);
    return this.#isWaiting ? [] : this.#next();
  }

  cancel(call: string): void {
    this.#queue = this.#queue.filter((request) => request.call !== call);
    if (this.#asked?.call === call) this.#asked = undefined;
  }

  /** @returns undefined for a response that nobody waits for */
  response(packet: Packet): DriverEvent[] | undefined {
    if (!this.#isWaiting) return undefined;
    const asked = this.#asked;
    return [...(asked ? [outcome(asked, outcomeOf(asked.name, packet))] : []), ...this.#next()];
  }

  wake(): DriverEvent[] {
    if (!this.#isWaiting) return [];
    const asked = this.#asked;
    const reason = "the gateway does not respond";
    return [...(asked ? [outcome(asked, { ok: false, reason })] : []), ...this.#next()];
  }

  #next(): DriverEvent[] {
    this.#asked = this.#queue.shift();
    this.#isWaiting = this.#asked !== undefined;
    if (!this.#asked) return [];
    return [
      { type: "write", bytes: this.#asked.bytes },
      { type: "wake", afterMs: RESPONSE_WITHIN_MS },
    ];
  }
}

function outcome({ call }: Request, result: Outcome): DriverEvent {
  return { type: "outcome", call, outcome: result };
}
