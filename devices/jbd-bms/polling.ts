import type { DriverEvent, Outcome } from "../../src/device/index.ts";

/** What is written, and which register answers it. */
export interface Request {
  readonly register: number;
  readonly bytes: Uint8Array;
}

interface Turn extends Request {
  readonly call?: string;
}

/**
 * How long an answer may take, ms: 71 bytes at 9600 baud take 74. The next request is written after this time, never
 * on top of an answer, since RS-485 has one pair of wires for both.
 */
const TURN_MS = 250;
/** A BMS that sleeps is woken by the first request, and does not answer it. */
const MAX_TRIES = 2;

/**
 * Whose turn it is: one request at a time, commands before polls, a round of polls every so often.
 *
 *   (round) ──► asked ──answer──► answered ──time──► next turn … ──► pause ──time, command──► (round)
 *                 └──time──► asked again ──time──► given up ──► next turn
 */
export class Polling {
  readonly #round: () => readonly Request[];
  readonly #intervalMs: number;
  #turns: Turn[] = [];
  #calls: Turn[] = [];
  #asked: Turn | undefined;
  #tries = 0;
  /** No turn is running: a command need not wait. */
  #paused = true;
  #spentMs = 0;

  /** @param round what is asked in a round, by what is known when it begins */
  constructor(round: () => readonly Request[], intervalMs: number) {
    this.#round = round;
    this.#intervalMs = intervalMs;
  }

  begin(): DriverEvent[] {
    this.#turns = [...this.#round()];
    this.#spentMs = 0;
    return this.#next();
  }

  command(call: string, request: Request): DriverEvent[] {
    this.#calls.push({ ...request, call });
    return this.#paused ? this.#next() : [];
  }

  /** The request is on its way; what ends is the waiting for its answer. */
  cancel(call: string): void {
    this.#calls = this.#calls.filter((turn) => turn.call !== call);
    if (this.#asked?.call === call) this.#asked = undefined;
  }

  /** @param outcome what the answer means if a command has asked for it */
  answer(register: number, outcome: Outcome): DriverEvent[] {
    if (this.#asked?.register !== register) return [];
    const { call } = this.#asked;
    this.#asked = undefined;
    if (call === undefined) return [];
    // What a command has changed is read at once.
    this.#turns = [...this.#round()];
    return [{ type: "outcome", call, outcome }];
  }

  wake(): DriverEvent[] {
    if (this.#paused) return this.begin();
    this.#spentMs += TURN_MS;
    if (!this.#asked) return this.#next();
    if (this.#tries < MAX_TRIES) return this.#write(this.#asked);
    const { call } = this.#asked;
    const reason = "the BMS does not answer: is it asleep, or its RX not connected?";
    const events: DriverEvent[] =
      call === undefined ? [] : [{ type: "outcome", call, outcome: { ok: false, reason } }];
    return [...events, ...this.#next()];
  }

  #next(): DriverEvent[] {
    this.#asked = this.#calls.shift() ?? this.#turns.shift();
    this.#tries = 0;
    this.#paused = this.#asked === undefined;
    if (this.#asked) return this.#write(this.#asked);
    return [{ type: "wake", afterMs: Math.max(TURN_MS, this.#intervalMs - this.#spentMs) }];
  }

  #write({ bytes }: Turn): DriverEvent[] {
    this.#tries++;
    return [
      { type: "write", bytes },
      { type: "wake", afterMs: TURN_MS },
    ];
  }
}
