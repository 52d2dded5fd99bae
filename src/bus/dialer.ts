import { Dealer } from "zeromq";
import { backoffMs, Outbox, receiveAll, type BackoffLimits, type Frames } from "../base/index.ts";
import { CONNECT_PATIENCE_MS, connectOptions, NO_HEARTBEATS, type ClientKeys } from "./options.ts";
import { isRefusal, watchEvents } from "./socket-events.ts";

/** None of these may throw. */
export interface DialerHandlers {
  /** A new connection, with nothing said on it yet. */
  onOpen(): void;
  onMessage(frames: readonly Buffer[]): void;
  /** It has ended, or none came about; the next attempt follows by itself. */
  onDown(why: string): void;
}

/** A fleet whose hub comes back must not come in step: the wait is jittered, and grows. */
const RETRY: BackoffLimits = { firstMs: 1_000, maxMs: 32_000 };
/** Messages that the socket has not taken yet. */
const OUTBOX_CAPACITY = 1_000;

/**
 * One outgoing connection at a time, over a socket of its own: libzmq would make a new one under the same socket, and send on it
 * what was meant for the old, without a word. So it makes none, and we begin anew.
 */
export class Dialer {
  readonly #endpoint: string;
  readonly #keys: ClientKeys | undefined;
  readonly #handlers: DialerHandlers;
  #socket: Dealer | undefined;
  #outbox: Outbox | undefined;
  #retry: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #attempt = 0;
  #closed = false;

  constructor(endpoint: string, keys: ClientKeys | undefined, handlers: DialerHandlers) {
    this.#endpoint = endpoint;
    this.#keys = keys;
    this.#handlers = handlers;
    this.#open();
  }

  /** Messages waiting here: nothing more should be said while there are many. */
  get pending(): number {
    return this.#outbox?.pending ?? 0;
  }

  send(frames: Frames): void {
    this.#outbox?.send(frames);
  }

  /** The peer has said what was hoped for: the next wait is short again. */
  settle(): void {
    this.#attempt = 0;
  }

  /** Ends this connection, which is of no use, and makes another after a while. */
  renew(why: string): void {
    if (this.#closed || !this.#socket) return;
    clearTimeout(this.#patience);
    this.#socket.close();
    this.#socket = this.#outbox = undefined;
    this.#retry = setTimeout(() => this.#open(), backoffMs(this.#attempt++, RETRY));
    this.#handlers.onDown(why);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#patience);
    this.#socket?.close();
    this.#socket = this.#outbox = undefined;
  }

  #open(): void {
    const socket = new Dealer({
      ...connectOptions(this.#endpoint, this.#keys),
      ...NO_HEARTBEATS,
      reconnectInterval: -1,
    });
    this.#socket = socket;
    this.#outbox = new Outbox(socket, OUTBOX_CAPACITY);
    this.#patience = setTimeout(() => this.renew("no connection"), CONNECT_PATIENCE_MS);
    void watchEvents(socket, (type) => {
      if (socket !== this.#socket) return;
      if (type === "handshake") this.#opened();
      else if (type === "disconnect" || type === "close" || type === "connect:retry")
        this.renew("the connection ended");
      else if (isRefusal(type)) this.renew("the handshake failed: do hub and agent know each other's keys?");
    });
    void receiveAll(socket, (frames) => {
      if (socket === this.#socket) this.#handlers.onMessage(frames);
    });
    socket.connect(this.#endpoint);
  }

  #opened(): void {
    clearTimeout(this.#patience);
    this.#handlers.onOpen();
  }
}
