import { Pair } from "zeromq";
import { backoffMs, monotonicMs, Outbox, receiveAll, type Frames } from "../base/index.ts";
import { decodeMap, encode } from "../message/index.ts";
import {
  IPC_HEARTBEAT_MS,
  IPC_NEWS_MS,
  IPC_SILENCE_MS,
  type FromComponent,
  type FromCore,
} from "./messages.ts";
import { isTelemetry, PAIR_OPTIONS } from "./options.ts";

/** What the core's messages lead to. None of these may throw or wait. */
export interface ComponentEndHandlers {
  onMessage<V extends keyof FromCore>(verb: V, message: FromCore[V]): void;
  /** [topic, body] pairs: only the journal is sent any. */
  onReadings?(frames: readonly Buffer[]): void;
  /** The core has been silent for IPC_SILENCE_MS: the socket is made anew and the hello said again. */
  onLost(): void;
  /** What a heartbeat carries, once every IPC_NEWS_MS. */
  heartbeat(): FromComponent["heartbeat"];
}

/** Readings kept while the core does not read; older ones are dropped and counted. */
const OUTBOX_CAPACITY = 10_000;

/** A look that comes this much too late shows that this process itself was held up, ms: what came meanwhile is still to be read. */
const LATE_MS = 500;

/** How long a hello may go unanswered before a new socket tries, ms; doubles to the maximum. */
const HELLO_BACKOFF = { firstMs: 1_000, maxMs: 8_000 };

/** A component's end of its PAIR: it connects, says hello until it is welcomed, and starts over when the core is lost. */
export class ComponentEnd {
  readonly #endpoint: string;
  readonly #hello: FromComponent["hello"];
  readonly #handlers: ComponentEndHandlers;
  #beat: NodeJS.Timeout | undefined;
  #socket = new Pair(PAIR_OPTIONS);
  #outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  #live = false;
  #attempt = 0;
  #heardMs = monotonicMs();
  #dueMs = Infinity;
  #saidMs = -Infinity;
  #newsMs = -Infinity;
  #patienceMs = HELLO_BACKOFF.firstMs;

  constructor(endpoint: string, hello: FromComponent["hello"], handlers: ComponentEndHandlers) {
    this.#endpoint = endpoint;
    this.#hello = hello;
    this.#handlers = handlers;
    this.#connect();
    this.#tick();
  }

  /** Messages lost because the core did not take them. */
  get dropped(): number {
    return this.#outbox.dropped;
  }

  send<V extends keyof FromComponent>(verb: V, message: FromComponent[V]): void {
    this.#saidMs = monotonicMs();
    this.#outbox.send([Buffer.from(verb), encode(message)]);
  }

  /** [topic, body] pairs. */
  sendReadings(frames: Frames): void {
    this.#saidMs = monotonicMs();
    this.#outbox.send(frames);
  }

  close(): void {
    clearTimeout(this.#beat);
    this.#socket.close();
  }

  #connect(): void {
    this.#socket.connect(this.#endpoint);
    this.#heardMs = monotonicMs();
    void receiveAll(this.#socket, (frames) => this.#receive(frames));
    this.send("hello", this.#hello);
  }

  #tick(): void {
    const nowMs = monotonicMs();
    if (nowMs - this.#dueMs > LATE_MS) this.#heardMs = nowMs;
    if (nowMs - this.#heardMs > (this.#live ? IPC_SILENCE_MS : this.#patienceMs)) this.#reconnect();
    else if (this.#live) this.#beatIfDue(nowMs);
    const waitMs = this.#live ? this.#saidMs + IPC_HEARTBEAT_MS - nowMs : IPC_HEARTBEAT_MS;
    this.#dueMs = nowMs + Math.max(0, waitMs);
    this.#beat = setTimeout(() => this.#tick(), waitMs);
  }

  /** Readings are signs of life too. Counters go with a heartbeat every second, whatever else is said. */
  #beatIfDue(nowMs: number): void {
    const hasNews = nowMs - this.#newsMs >= IPC_NEWS_MS;
    if (!hasNews && nowMs - this.#saidMs < IPC_HEARTBEAT_MS) return;
    if (hasNews) this.#newsMs = nowMs;
    this.send("heartbeat", hasNews ? this.#handlers.heartbeat() : {});
  }

  #reconnect(): void {
    if (this.#live) this.#handlers.onLost();
    this.#live = false;
    this.#patienceMs = backoffMs(this.#attempt++, HELLO_BACKOFF);
    this.#socket.close();
    this.#socket = new Pair(PAIR_OPTIONS);
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
    this.#connect();
  }

  #receive(frames: readonly Buffer[]): void {
    this.#heardMs = monotonicMs();
    const [first, body] = frames;
    if (first && isTelemetry(first)) {
      if (this.#live) this.#handlers.onReadings?.(frames);
      return;
    }
    const verb = (first ?? Buffer.alloc(0)).toString("latin1") as keyof FromCore;
    if (verb === "welcome") {
      this.#live = true;
      this.#attempt = 0;
    }
    // Before the welcome there can be what was meant for an instance that is gone.
    if (!this.#live && verb !== "refused" && verb !== "stop") return;
    this.#handlers.onMessage(verb, decodeMap(body ?? Buffer.alloc(0)) as unknown as FromCore[typeof verb]);
  }
}
