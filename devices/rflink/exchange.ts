import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import { PING, type Order } from "./commands.ts";

interface Request extends Order {
  /** The command that it is for, absent where it is the driver's own. */
  readonly call?: string | undefined;
}

/** A gateway answers at once, or when it has sent, which takes up to two seconds. */
const ANSWER_WITHIN_MS = 5_000;
/** How often it is asked whether it is still there: in a quiet house nothing else shows it. */
const PING_EVERY_MS = 60_000;
/** An Arduino is reset by the opening of its port, and takes so long to be there. */
export const FIRST_PING_MS = 10_000;
/** Two pings without an answer. */
export const SILENCE_MS = 150_000;

/** One request at a time: an answer does not say what it answers. */
export class Exchange {
  #queue: Request[] = [];
  #asked: Request | undefined;

  request(request: Request): DriverEvent[] {
    this.#queue.push(request);
    return this.#asked ? [] : this.#next();
  }

  /** What is on its way is still waited for: its answer must not be taken for the next one's. */
  cancel(call: string): void {
    this.#queue = this.#queue.filter((request) => request.call !== call);
    if (this.#asked?.call === call) this.#asked = { ...this.#asked, call: undefined };
  }

  /** @returns undefined for a notice that answers nothing */
  notice(parts: readonly string[]): DriverEvent[] | undefined {
    const result = this.#asked?.outcomeOf(parts);
    return result ? this.#end(result) : undefined;
  }

  /** The answer has not come; or it is time to ask whether the gateway is there. */
  wake(): DriverEvent[] {
    if (this.#asked) return this.#end({ ok: false, reason: "the gateway does not answer" });
    return this.request(PING);
  }

  #end(result: Outcome): DriverEvent[] {
    const call = this.#asked?.call;
    const ended: DriverEvent[] = call === undefined ? [] : [{ type: "outcome", call, outcome: result }];
    return [...ended, ...this.#next()];
  }

  #next(): DriverEvent[] {
    this.#asked = this.#queue.shift();
    if (!this.#asked) return [{ type: "wake", afterMs: PING_EVERY_MS }];
    return [
      { type: "wake", afterMs: ANSWER_WITHIN_MS },
      { type: "write", bytes: this.#asked.bytes },
    ];
  }
}
