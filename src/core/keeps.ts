import type { KeptRecord } from "../ipc/index.ts";

interface Waiting {
  readonly record: KeptRecord;
  readonly done: () => void;
}

/** Records on their way to the store, in order; sent again to one that is started anew. */
export class Keeps {
  readonly #send: (record: KeptRecord) => void;
  #waiting: Waiting[] = [];
  #confirmed = 0;

  constructor(send: (record: KeptRecord) => void) {
    this.#send = send;
  }

  /** @param now whether the store takes it now; else with {@link restart} */
  add(record: KeptRecord, done: () => void, now: boolean): void {
    this.#waiting.push({ record, done });
    if (now) this.#send(record);
  }

  /** @param count records since the last {@link restart} that are durable */
  confirm(count: number): void {
    const done = this.#waiting.splice(0, Math.max(0, count - this.#confirmed));
    this.#confirmed = Math.max(this.#confirmed, count);
    for (const one of done) one.done();
  }

  restart(): void {
    this.#confirmed = 0;
    for (const { record } of this.#waiting) this.#send(record);
  }
}
