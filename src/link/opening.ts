import type { Welcome } from "./messages.ts";

/** From one hello to the next, ms; it doubles. firmware-bridge/SPEC.md, "Session". */
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 2_000;

/** What the device has said when it is sure that it is in the session. */
export interface Greeting {
  readonly welcome: Welcome;
  /** The number that the device expects of the host's reliable frames. */
  readonly ack: number;
}

/**
 * The beginning of a session: hello until there is a welcome with its number.
 *
 *   greeting ──welcome──► (session)            if hello was sent once
 *      └──welcome──► proving ──pong──► (session)   else
 *
 * A hello that is still on its way could begin the session anew in a device that was reset meanwhile. So if there were
 * several, the pong to a ping that was sent after them has to come first: the line keeps order.
 */
export class Opening {
  readonly session: number;
  #hellos = 0;
  #waitMs = FIRST_WAIT_MS;
  #sentMs = -Infinity;
  #dueMs: number;
  #greeting: Greeting | undefined;

  constructor(session: number, nowMs: number) {
    this.session = session;
    this.#dueMs = nowMs;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  /** @returns what is to be sent now */
  due(nowMs: number): "hello" | "ping" | undefined {
    if (nowMs < this.#dueMs) return undefined;
    this.#sentMs = nowMs;
    this.#dueMs = nowMs + this.#waitMs;
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
    if (this.#greeting) return "ping";
    this.#hellos++;
    return "hello";
  }

  /** The device waits for a hello: it need not wait for long. */
  boot(): void {
    this.#greeting = undefined;
    this.#waitMs = FIRST_WAIT_MS;
    this.#dueMs = Math.min(this.#dueMs, this.#sentMs + FIRST_WAIT_MS);
  }

  /** @returns the greeting, if the session has begun by that */
  welcomed(greeting: Greeting, nowMs: number): Greeting | undefined {
    if (greeting.welcome.session !== this.session) return undefined;
    const isFirst = this.#greeting === undefined;
    this.#greeting = greeting;
    if (this.#hellos <= 1) return greeting;
    if (isFirst) {
      this.#waitMs = FIRST_WAIT_MS;
      this.#dueMs = nowMs;
    }
    return undefined;
  }

  /** The answer to a ping of this session's. @returns as {@link welcomed} */
  proved(session: number): Greeting | undefined {
    return session === this.session ? this.#greeting : undefined;
  }
}
