import { Dealer } from "zeromq";
import { DunlinError, monotonicMs, receiveAll } from "../base/index.ts";
import { Connection } from "./connection.ts";
import { connectOptions, type ClientKeys } from "./options.ts";

/** How long a query waits for its reply when the caller sets no limit, ms. */
export const DEFAULT_QUERY_TIMEOUT_MS = 5_000;

/** For people: what is wrong if somebody is there and the handshake comes to no end. @param doubt about the key that asks */
export function handshakeFails(doubt: string): string {
  return `the agent is there, but the handshake fails: ${doubt}, and is --server-key its own? On its own host root and its own user need no key (docs/security.md)`;
}

const EMPTY = Buffer.alloc(0);

interface Waiting {
  readonly frames: readonly Buffer[];
  readonly resolve: (reply: Buffer) => void;
}

/**
 * Queries to an agent: a DEALER that speaks as REQ does, but may have many requests under way. One that is not answered
 * while nothing else is either makes the socket anew.
 */
export class Requester {
  readonly #endpoint: string;
  readonly #keys: ClientKeys | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #connection: Connection<Dealer>;
  #last = 0;
  #heardMs = -Infinity;

  private constructor(endpoint: string, keys: ClientKeys | undefined) {
    this.#endpoint = endpoint;
    this.#keys = keys;
    this.#connection = new Connection(endpoint, () => this.#open());
  }

  /** @param keys not given for an agent without keys */
  static open(endpoint: string, keys?: ClientKeys): Requester {
    return new Requester(endpoint, keys);
  }

  /** @throws DunlinError `timed-out` */
  async request(body: Buffer, timeoutMs = DEFAULT_QUERY_TIMEOUT_MS): Promise<Buffer> {
    const number = (this.#last = (this.#last + 1) >>> 0);
    const id = Buffer.alloc(4);
    id.writeUInt32BE(number);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const frames = [id, EMPTY, body];
    const sentMs = monotonicMs();
    this.#waiting.set(number, { frames, resolve });
    const timer = setTimeout(() => {
      this.#waiting.delete(number);
      if (this.#heardMs < sentMs) this.#renew();
      reject(this.#silence(timeoutMs));
    }, timeoutMs);
    this.#connection.send(frames);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
    }
  }

  close(): void {
    this.#connection.close();
  }

  #open(): Dealer {
    const socket = new Dealer({ ...connectOptions(this.#endpoint, this.#keys), linger: 0 });
    void receiveAll(socket, ([id, , body]) => {
      this.#heardMs = monotonicMs();
      if (id?.length === 4 && body !== undefined) this.#waiting.get(id.readUInt32BE(0))?.resolve(body);
    });
    return socket;
  }

  /** The other questions are put again: their answers would go to the socket that is gone. No query changes anything. */
  #renew(): void {
    if (!this.#connection.renew()) return;
    for (const { frames } of this.#waiting.values()) this.#connection.send(frames);
  }

  #silence(timeoutMs: number): DunlinError {
    const hint = this.#connection.refused
      ? handshakeFails("does it know this key")
      : "is the agent running, and is this its address?";
    return new DunlinError(
      "timed-out",
      `no answer from ${this.#endpoint} within ${timeoutMs / 1000} s: ${hint}`,
      { context: { endpoint: this.#endpoint, timeoutMs } },
    );
  }
}
