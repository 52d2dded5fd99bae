import type { DriverEvent, Outcome } from "./driver.ts";

/** What is written, and what its answer is known by. */
export interface PollRequest {
  readonly key: number;
  readonly bytes: Uint8Array;
}

interface Turn extends PollRequest {
  readonly call?: string;
}

export interface PollingOptions {
  /** What is asked in a round, by what is known when it begins. */
  round(): readonly PollRequest[];
  /** From one round to the next, ms. */
  readonly intervalMs: number;
  /** How long an answer may take, ms: the next request is written after this time, never on top of an answer. */
  readonly turnMs: number;
  /** Why nothing may have come, for who waits for a command. */
  readonly silence: string;
}

/** A device that sleeps is woken by the first request, and does not always answer it. */
const MAX_TRIES = 2;

/**
 * Whose turn it is on the line of one device that only answers: one request at a time, commands before polls, a round of polls
 * every so often. For sessions; it is as pure as they are.
 *
 *   (round) ──► asked ──answer──► answered ──time──► next turn … ──► pause ──time, command──► (round)
 *                 └──time──► asked again ──time──► given up ──► next turn
 */
export class Polling {
  readonly #options: PollingOptions;
  #turns: Turn[] = [];
  #calls: Turn[] = [];
  #asked: Turn | undefined;
  #tries = 0;
  /** No turn is running: a command need not wait. */
  #paused = true;
  #spentMs = 0;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  begin(): DriverEvent[] {
    this.#turns = [...this.#options.round()];
    this.#spentMs = 0;
    return this.#next();
  }

  command(call: string, request: PollRequest): DriverEvent[] {
    this.#calls.push({ ...request, call });
    return this.#paused ? this.#next() : [];
  }

  /** The request is on its way; what ends is the waiting for its answer. */
  cancel(call: string): void {
    this.#calls = this.#calls.filter((turn) => turn.call !== call);
    if (this.#asked?.call === call) this.#asked = undefined;
  }

  /** @param outcomeOf what the answer means if a command has asked for it */
  answer(key: number, outcomeOf: (request: PollRequest) => Outcome): DriverEvent[] {
    if (this.#asked?.key !== key) return [];
    const asked = this.#asked;
    const { call } = asked;
    this.#asked = undefined;
    if (call === undefined) return [];
    // What a command has changed is read at once.
    this.#turns = [...this.#options.round()];
    return [{ type: "outcome", call, outcome: outcomeOf(asked) }];
  }

  wake(): DriverEvent[] {
    if (this.#paused) return this.begin();
    this.#spentMs += this.#options.turnMs;
    if (!this.#asked) return this.#next();
    if (this.#tries < MAX_TRIES) return this.#write(this.#asked);
    const { call } = this.#asked;
    const reason = this.#options.silence;
    const events: DriverEvent[] =
      call === undefined ? [] : [{ type: "outcome", call, outcome: { ok: false, reason } }];
    return [...events, ...this.#next()];
  }

  #next(): DriverEvent[] {
    this.#asked = this.#calls.shift() ?? this.#turns.shift();
    this.#tries = 0;
    this.#paused = this.#asked === undefined;
    if (this.#asked) return this.#write(this.#asked);
    return [
      { type: "wake", afterMs: Math.max(this.#options.turnMs, this.#options.intervalMs - this.#spentMs) },
    ];
  }

  #write({ bytes }: Turn): DriverEvent[] {
    this.#tries++;
    return [
      { type: "write", bytes },
      { type: "wake", afterMs: this.#options.turnMs },
    ];
  }
}
