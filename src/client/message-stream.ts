import { BoundedQueue, DunlinError } from "../base/index.ts";
import { Subscription, type ClientKeys, type LinkState } from "../bus/index.ts";
import { subscriptionPrefix } from "../message/index.ts";
import { decodeMessage, type Message } from "./messages.ts";

export interface SubscribeOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** Messages kept while nobody takes them; the oldest go first. Default 100 000. */
  readonly capacity?: number;
  /** Told when the agent is first heard (`live`), when it has been silent for 3 s (`lost`), and when it is back. Must not throw. */
  readonly onLink?: (link: LinkState) => void;
  /** Told each time the agent is reached and the handshake fails: it does not know this key, or has another. Must not throw. */
  readonly onRefused?: () => void;
}

const DEFAULT_CAPACITY = 100_000;

/**
 * The messages of some topics, as they come: `for await (const message of stream)`. Ends by `close`, by the signal, or
 * by leaving the loop. What another subscriber's arrival makes the agent say again is left out.
 */
export class MessageStream implements AsyncIterableIterator<Message> {
  readonly #queue: BoundedQueue<Message>;
  readonly #subscription: Subscription;
  readonly #newest = new Map<string, { readonly epoch: number; readonly seq: number }>();
  /** Newest state of each device, as it came. */
  readonly #statuses = new Map<string, Buffer>();
  #waiting: ((result: IteratorResult<Message>) => void) | undefined;
  readonly #onClose: () => void;
  #closed = false;
  #missed = 0;
  #invalid = 0;

  /**
   * @param topics as {@link subscriptionPrefix} takes them; none is all telemetry
   * @param onClose told once
   * @throws DunlinError `arguments-invalid`
   */
  constructor(
    endpoint: string,
    topics: readonly string[],
    options: SubscribeOptions = {},
    onClose: () => void = () => {},
    keys?: ClientKeys,
  ) {
    this.#onClose = onClose;
    const prefixes = (topics.length > 0 ? topics : [""]).map(subscriptionPrefix);
    this.#queue = new BoundedQueue(options.capacity ?? DEFAULT_CAPACITY);
    const handlers = {
      onMessage: (topic: string, body: Buffer) => this.#receive(topic, body),
      onLink: (link: LinkState) => options.onLink?.(link),
      onRefused: () => options.onRefused?.(),
    };
    this.#subscription = Subscription.open(endpoint, prefixes, handlers, keys);
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.signal?.aborted) this.close();
  }

  /** Whether the agent is heard: every second at least, if only its heartbeat. */
  get link(): LinkState {
    return this.#subscription.state;
  }

  /** Readings that the numbering shows to be missing. */
  get missed(): number {
    return this.#missed;
  }

  /** Messages dropped here because nobody took them in time. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** Messages that could not be read. */
  get invalid(): number {
    return this.#invalid;
  }

  /** Waits for the connection. @throws DunlinError `timed-out` */
  async connected(timeoutMs: number): Promise<void> {
    if (await this.#subscription.connected(AbortSignal.timeout(timeoutMs))) return;
    throw new DunlinError(
      "timed-out",
      `no connection within ${timeoutMs / 1_000} s: is the agent running, and is this its address?`,
    );
  }

  next(): Promise<IteratorResult<Message>> {
    const message = this.#queue.shift();
    if (message) return Promise.resolve({ value: message, done: false });
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  return(): Promise<IteratorResult<Message>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscription.close();
    this.#onClose();
    this.#waiting?.({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  #receive(topic: string, body: Buffer): void {
    let message: Message | undefined;
    try {
      message = decodeMessage(topic, body);
    } catch {
      message = undefined;
    }
    if (!message) this.#invalid++;
    else if (!this.#isRepetition(topic, body, message)) this.#deliver(message);
  }

  /** Births and heartbeats differ each time, by their time; a command's progress is told again for whoever asks. */
  #isRepetition(topic: string, body: Buffer, message: Message): boolean {
    if (message.kind === "telemetry") return !this.#isNew(topic, message);
    if (message.kind !== "device") return false;
    const again = this.#statuses.get(topic)?.equals(body) === true;
    this.#statuses.set(topic, body);
    return again;
  }

  #deliver(message: Message): void {
    if (!this.#waiting) return void this.#queue.push(message);
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve({ value: message, done: false });
  }

  #isNew(topic: string, { epoch, seq }: { readonly epoch: number; readonly seq: number }): boolean {
    const newest = this.#newest.get(topic);
    if (newest && (epoch < newest.epoch || (epoch === newest.epoch && seq <= newest.seq))) return false;
    if (newest?.epoch === epoch) this.#missed += seq - newest.seq - 1;
    this.#newest.set(topic, { epoch, seq });
    return true;
  }
}
