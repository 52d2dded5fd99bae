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
  readonly #endpoint: string;
  readonly #make: () => S;
  #socket: S;
  #outbox: Outbox;
  #sinceMs = monotonicMs();
  #patienceMs = SILENCE_MS;
  #closed = false;
  #refused = false;

  /** @param make a socket that is being read, if it can be, and not connected yet */
  constructor(endpoint: string, make: () => S) {
    this.#endpoint = endpoint;
    this.#make = make;
    this.#socket = this.#open();
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  }

  /** Whether the peer is there and the handshake does not come to its end: the two do not agree on who they are. */
  get refused(): boolean {
    return this.#refused;
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
      if (socket !== this.#socket) return;
      if (type === "connect") this.#patienceMs = MADE_PATIENCE_MS;
      // Whoever refuses lets the other wait: libzmq ends such a connection when the handshake times out.
      if (type === "connect" || type === "handshake") this.#refused = type === "connect";
    });
    // After that, or its first event would be missed.
    socket.connect(this.#endpoint);
    return socket;
  }
}
