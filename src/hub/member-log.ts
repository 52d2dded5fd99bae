import { monotonicMs, RateLimit, type Log } from "../base/index.ts";

/** Agents that come and go are logged one by one up to this many in each interval, ms. */
const BURST = 20;
const INTERVAL_MS = 60_000;

/** What is logged of agents that come and go: when the hub starts that is a fleet's worth. */
export class MemberLog {
  readonly #log: Log;
  readonly #limit = new RateLimit(INTERVAL_MS, monotonicMs, BURST);

  constructor(log: Log) {
    this.#log = log;
  }

  note(text: string, fields: Record<string, unknown>): void {
    const held = this.#limit.admit("member");
    if (held !== undefined) this.#log.info(text, held > 0 ? { ...fields, more: held } : fields);
  }
}
