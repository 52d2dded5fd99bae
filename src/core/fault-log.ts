import { asDunlinError, RateLimit, type Log } from "../base/index.ts";

/** The same kind of bad message is logged at most this often, ms. */
const FAULT_LOG_MS = 10_000;

/** Something malformed came from somewhere: counted, logged at a bounded rate, without effect on anyone else. */
export class FaultLog {
  readonly #log: Log;
  readonly #limit = new RateLimit(FAULT_LOG_MS);
  #count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get count(): number {
    return this.#count;
  }

  note(error: unknown): void {
    this.#count++;
    const { code, message } = asDunlinError(error);
    const held = this.#limit.admit(`${code} ${message.slice(0, 40)}`);
    if (held !== undefined) this.#log.warn(message, held > 0 ? { code, more: held } : { code });
  }
}
