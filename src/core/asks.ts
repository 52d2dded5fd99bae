import { DunlinError } from "../base/index.ts";
import { encodeError } from "../message/index.ts";

/** Queries that may be with the journal at once; each holds up to one message of memory. */
const MAX_UNDER_WAY = 64;
/** How long the journal may take for one, ms. */
const TIMEOUT_MS = 10_000;

interface Asking {
  readonly resolve: (reply: Buffer) => void;
  readonly timer: NodeJS.Timeout;
}

/** Queries that the journal answers: bounded, and each gets a reply. */
export class Asks {
  readonly #send: (number: number, query: Readonly<Record<string, unknown>>) => void;
  readonly #asking = new Map<number, Asking>();
  #last = 0;

  constructor(send: (number: number, query: Readonly<Record<string, unknown>>) => void) {
    this.#send = send;
  }

  ask(query: Readonly<Record<string, unknown>>): Promise<Buffer> {
    if (this.#asking.size >= MAX_UNDER_WAY)
      return Promise.resolve(refusal("overloaded", "too many queries wait for the journal: try again"));
    const number = ++this.#last;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.answer(number, refusal("timed-out", `no answer from the journal within ${TIMEOUT_MS} ms`)),
        TIMEOUT_MS,
      );
      this.#asking.set(number, { resolve, timer });
      this.#send(number, query);
    });
  }

  answer(number: number, reply: Buffer): void {
    const asking = this.#asking.get(number);
    if (!asking) return;
    this.#asking.delete(number);
    clearTimeout(asking.timer);
    asking.resolve(reply);
  }

  failAll(reason: string): void {
    for (const number of this.#asking.keys()) this.answer(number, refusal("overloaded", reason));
  }

  close(): void {
    this.failAll("the agent is stopping");
  }
}

function refusal(code: "overloaded" | "timed-out", reason: string): Buffer {
  return encodeError(new DunlinError(code, reason));
}
