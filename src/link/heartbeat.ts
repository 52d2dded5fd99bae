/** firmware-bridge/SPEC.md, "Session": "Heartbeat". */
const PING_MS = 1_000;
const SILENCE_MS = 3_000;
/** Pings whose pong may still come. */
const MAX_OPEN = 4;

/** Pings, and how long their pongs take; whether the link is there. */
export class Heartbeat {
  readonly #sent = new Map<number, number>();
  #token = 0;
  #dueMs: number;
  #heardMs: number;
  #isLost = false;

  constructor(nowMs: number) {
    this.#dueMs = nowMs;
    this.#heardMs = nowMs;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** @returns the token to send, if it is time */
  due(nowMs: number): number | undefined {
    if (nowMs < this.#dueMs) return undefined;
    this.#dueMs = nowMs + PING_MS;
    this.#token = (this.#token + 1) % 0x1_0000;
    this.#sent.set(this.#token, nowMs);
    for (const token of this.#sent.keys()) if (this.#sent.size > MAX_OPEN) this.#sent.delete(token);
    return this.#token;
  }

  /** @returns how long it took, ms; undefined if nobody asked */
  pong(token: number, nowMs: number): number | undefined {
    const sentMs = this.#sent.get(token);
    this.#sent.delete(token);
    return sentMs === undefined ? undefined : nowMs - sentMs;
  }

  /** A valid frame has come. @returns whether the link had been lost */
  heard(nowMs: number): boolean {
    const wasLost = this.#isLost;
    this.#heardMs = nowMs;
    this.#isLost = false;
    return wasLost;
  }

  /** @returns whether the link is lost as of now, and was not before */
  losing(nowMs: number): boolean {
    if (this.#isLost || nowMs - this.#heardMs < SILENCE_MS) return false;
    this.#isLost = true;
    return true;
  }
}
