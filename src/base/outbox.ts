import { setImmediate } from "node:timers/promises";
import { BoundedQueue } from "./bounded-queue.ts";

/** Frames of one message, as zeromq takes them: referred to, not copied. */
export type Frames = Buffer | readonly Buffer[];

interface Writable {
  readonly closed: boolean;
  send(frames: Buffer | Buffer[]): Promise<void>;
}

/**
 * The one sender of a socket. zeromq.js allows one pending send; a second throws EBUSY synchronously. So whoever
 * wants to send puts it here, never waits, and the oldest goes when the bound is reached.
 */
export class Outbox {
  readonly #socket: Writable;
  readonly #capacity: number;
  readonly #queue: BoundedQueue<Frames>;
  #draining = false;
  #failed = 0;

  /** @param capacity messages held while the socket cannot take them */
  constructor(socket: Writable, capacity: number) {
    this.#socket = socket;
    this.#capacity = capacity;
    this.#queue = new BoundedQueue(capacity);
  }

  /** Messages lost here: pushed out by newer ones, or refused by the socket. */
  get dropped(): number {
    return this.#queue.dropped + this.#failed;
  }

  get pending(): number {
    return this.#queue.size;
  }

  /** @returns undefined if no more than half of the room is taken; else what resolves when a quarter is, or the socket is closed */
  room(): Promise<void> | undefined {
    return this.pending > this.#capacity / 2 ? this.#untilBelow(this.#capacity / 4) : undefined;
  }

  send(frames: Frames): void {
    if (this.#draining) this.#queue.push(frames);
    else void this.#drain(frames);
  }

  /** Forgets what waits: it was meant for a peer that is gone. */
  clear(): void {
    while (this.#queue.shift() !== undefined);
  }

  async #untilBelow(pending: number): Promise<void> {
    while (this.pending > pending && !this.#socket.closed) await setImmediate();
  }

  /** The usual message finds nothing before it and does not pass through the queue. */
  async #drain(first: Frames): Promise<void> {
    this.#draining = true;
    for (let frames: Frames | undefined = first; frames !== undefined; frames = this.#queue.shift()) {
      try {
        await this.#socket.send(frames as Buffer | Buffer[]);
      } catch {
        this.#failed++;
        if (this.#socket.closed) break;
      }
    }
    this.#draining = false;
  }
}
