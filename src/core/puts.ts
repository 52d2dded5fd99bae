import { DunlinError, monotonicMs } from "../base/index.ts";
import type { CommandPut } from "../ipc/index.ts";

/** How a put ended. */
export type Durable =
  | { readonly kind: "durable" }
  /** The journal knows this id: it has run, or is about to. */
  | { readonly kind: "known"; readonly progress: Buffer }
  /** The journal did not write it in time. It is still tried. */
  | { readonly kind: "failed"; readonly error: DunlinError };

interface Waiting {
  readonly put: CommandPut;
  readonly atMs: number;
  done: ((durable: Durable) => void) | undefined;
  sent: boolean;
}

/** A command whose state is not durable after this long is not run, ms: longer than a card's usual hiccups. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 1_000;
/** States that wait for the journal. Beyond, the oldest whose command has been told of is forgotten. */
const CAPACITY = 10_000;

/** States of commands on their way to the journal, in order; sent again to one that is started anew. */
export class Puts {
  readonly #send: (put: CommandPut) => void;
  readonly #look: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #confirmed = 0;

  constructor(send: (put: CommandPut) => void) {
    this.#send = send;
    this.#look = setInterval(() => this.#giveUp(), LOOK_MS);
  }

  /** @param now whether the journal takes it now; else with {@link restart} */
  add(put: CommandPut, done: (durable: Durable) => void, now: boolean): void {
    this.#waiting.push({ put, done, atMs: monotonicMs(), sent: now });
    if (now) this.#send(put);
    if (this.#waiting.length > CAPACITY) this.#dropOldest();
  }

  known(id: string, progress: Buffer): void {
    const one = this.#waiting.find(({ put, done }) => put.id === id && put.isNew && done !== undefined);
    if (one) settle(one, { kind: "known", progress });
  }

  /** @param count puts since the last {@link restart} that are durable */
  confirm(count: number): void {
    const done = this.#waiting.splice(0, Math.max(0, count - this.#confirmed));
    this.#confirmed = Math.max(this.#confirmed, count);
    for (const one of done) settle(one, { kind: "durable" });
  }

  restart(): void {
    this.#confirmed = 0;
    for (const one of this.#waiting) {
      one.sent = true;
      this.#send(one.put);
    }
  }

  close(): void {
    clearInterval(this.#look);
  }

  #giveUp(): void {
    const beforeMs = monotonicMs() - PATIENCE_MS;
    for (const one of this.#waiting)
      if (one.atMs < beforeMs) settle(one, failed("the journal did not write it in time"));
  }

  #dropOldest(): void {
    const one = this.#waiting.shift();
    if (!one) return;
    if (one.sent) this.#confirmed++;
    settle(one, failed("too many commands wait for the journal"));
  }
}

function settle(one: Waiting, how: Durable): void {
  const { done } = one;
  one.done = undefined;
  done?.(how);
}

function failed(reason: string): Durable {
  return { kind: "failed", error: new DunlinError("disk-failed", reason) };
}
