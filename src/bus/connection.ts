import type { Dealer, Push } from "zeromq";
import { monotonicMs, Outbox, type Frames } from "../base/index.ts";
import { MADE_PATIENCE_MS, SILENCE_MS } from "./link.ts";
import { watchEvents } from "./socket-events.ts";

/** Messages kept while the agent cannot be reached; queries time out long before. */
const OUTBOX_CAPACITY = 1_000;

/**
 * A connecting socket with its one sender. It can be made anew: libzmq's own retries back off, and a TCP connection
 * whose packets vanish is not given up for long.
 */
export class Connection<S extends Dealer | Push> {
  readonly #make: () => S;
  #socket: S;
  #outbox: Outbox;
  #sinceMs = monotonicMs();
  #patienceMs = SILENCE_MS;
  #closed = false;

  /** @param make a socket that is connecting, and being read if it can be */
  constructor(make: () => S) {
    this.#make = make;
    this.#socket = this.#open();
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  }

  send(frames: Frames): void {
    this.#outbox.send(frames);
  }

  /**
   * Another socket in place of this one; what waits to be sent is forgotten. Not while this one is young: who asks
   * often, or many who ask, would never let a slow link connect.
   * @returns whether it was made
   */
  renew(): boolean {
    if (this.#closed || monotonicMs() - this.#sinceMs < this.#patienceMs) return false;
    this.#socket.close();
    this.#sinceMs = monotonicMs();
    this.#patienceMs = SILENCE_MS;
    this.#socket = this.#open();
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #open(): S {
    const socket = this.#make();
    void watchEvents(socket, (type) => {
      if (type === "connect" && socket === this.#socket) this.#patienceMs = MADE_PATIENCE_MS;
    });
    return socket;
  }
}
