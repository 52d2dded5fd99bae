import { Dealer, Push } from "zeromq";
import { DunlinError, Outbox, receiveAll } from "../base/index.ts";
import { COMMAND_HIGH_WATER_MARK, CONNECT_OPTIONS, LINK_OPTIONS } from "./options.ts";

/** How long a query waits for its reply when the caller sets no limit, ms. */
export const DEFAULT_QUERY_TIMEOUT_MS = 5_000;

/** Messages kept while the agent cannot be reached; queries time out long before. */
const OUTBOX_CAPACITY = 1_000;

const EMPTY = Buffer.alloc(0);

/** Queries to an agent: a DEALER that speaks as REQ does, but may have many requests under way. */
export class Requester {
  readonly #socket = new Dealer({ ...LINK_OPTIONS, ...CONNECT_OPTIONS, linger: 0 });
  readonly #outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  readonly #waiting = new Map<number, (reply: Buffer) => void>();
  readonly #endpoint: string;
  #last = 0;

  private constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  static open(endpoint: string): Requester {
    const requester = new Requester(endpoint);
    requester.#socket.connect(endpoint);
    void receiveAll(requester.#socket, ([id, , body]) => {
      if (id?.length === 4 && body !== undefined) requester.#waiting.get(id.readUInt32BE(0))?.(body);
    });
    return requester;
  }

  /** @throws DunlinError `timed-out` */
  async request(body: Buffer, timeoutMs = DEFAULT_QUERY_TIMEOUT_MS): Promise<Buffer> {
    const number = (this.#last = (this.#last + 1) >>> 0);
    const id = Buffer.alloc(4);
    id.writeUInt32BE(number);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#waiting.set(number, resolve);
    const timer = setTimeout(() => reject(this.#silence(timeoutMs)), timeoutMs);
    this.#outbox.send([id, EMPTY, body]);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #silence(timeoutMs: number): DunlinError {
    return new DunlinError(
      "timed-out",
      `no answer from ${this.#endpoint} within ${timeoutMs / 1000} s: is the agent running, and is this its address?`,
      { context: { endpoint: this.#endpoint, timeoutMs } },
    );
  }
}

/** Commands to an agent. A PUSH is fire-and-forget: who wants to know follows the command's topic. */
export class Pusher {
  readonly #socket = new Push({
    ...LINK_OPTIONS,
    ...CONNECT_OPTIONS,
    // Without `immediate` messages queue for a peer that was never there.
    immediate: true,
    sendHighWaterMark: COMMAND_HIGH_WATER_MARK,
  });
  readonly #outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);

  private constructor() {}

  static open(endpoint: string): Pusher {
    const pusher = new Pusher();
    pusher.#socket.connect(endpoint);
    return pusher;
  }

  push(body: Buffer): void {
    this.#outbox.send(body);
  }

  close(): void {
    this.#socket.close();
  }
}
