import { Subscriber as Sub, type EventType } from "zeromq";
import { monotonicMs, receiveAll } from "../base/index.ts";
import { heartbeatPrefixes, isState } from "./heartbeat-prefixes.ts";
import { firstLink, next, type Link, type LinkEvent } from "./link.ts";
import { connectOptions, type ClientKeys } from "./options.ts";
import { isRefusal, watchEvents } from "./socket-events.ts";

/** ZMQ_RCVHWM of a subscriber: messages held for a slow reader before the publisher's own queue fills. */
const RECEIVE_HIGH_WATER_MARK = 10_000;

/** ZMQ_SNDHWM, which zeromq.js does not offer on a SUB. */
const SNDHWM = 23;

/** How often the link's silence is looked at, ms: what that adds to the limits must not show. */
const TICK_MS = 250;

/** A look that is late by more than this finds messages that nobody has read, and not a silent peer, ms. */
const OVERSLEPT_MS = 500;

/** A SUB silently keeps only 1000 subscriptions until its send high-water mark is raised: 0 is no limit. */
class UnlimitedSub extends Sub {
  constructor(endpoint: string, keys: ClientKeys | undefined) {
    // It sends nothing but subscriptions; a dead peer's need not linger.
    super({ ...connectOptions(endpoint, keys), linger: 0, receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK });
    this.setInt32Option(SNDHWM, 0);
  }
}

/** `connecting`: nothing was heard yet; `live`; `lost`: nothing has been heard for three heartbeats, and it is tried again and again. */
export type LinkState = Link["kind"];

/** None of these may throw. */
export interface SubscriptionHandlers {
  onMessage(topic: string, body: Buffer): void;
  /** Told of every change; the first state, `connecting`, is none. */
  onLink?(state: LinkState): void;
  /** The peer was reached, but the two of them do not agree on who they are. It is tried again. */
  onRefused?(): void;
}

/**
 * Every message of some prefixes. It listens for the heartbeats of the agents that they name as well, and where those
 * fail it makes its SUB socket anew until the peer is back.
 */
export class Subscription {
  readonly #endpoint: string;
  readonly #keys: ClientKeys | undefined;
  readonly #prefixes: readonly string[];
  readonly #heartbeats: readonly string[];
  readonly #handlers: SubscriptionHandlers;
  readonly #connected = Promise.withResolvers<boolean>();
  readonly #timer: NodeJS.Timeout;
  #socket: UnlimitedSub;
  #link = firstLink(monotonicMs(), Math.random);
  #lookedMs = monotonicMs();

  private constructor(
    endpoint: string,
    prefixes: readonly string[],
    handlers: SubscriptionHandlers,
    keys: ClientKeys | undefined,
  ) {
    this.#endpoint = endpoint;
    this.#keys = keys;
    this.#prefixes = prefixes;
    this.#heartbeats = heartbeatPrefixes(prefixes);
    this.#handlers = handlers;
    this.#socket = this.#open();
    this.#timer = setInterval(() => this.#look(), TICK_MS);
  }

  /** @param keys not given for an agent without keys */
  static open(
    endpoint: string,
    prefixes: readonly string[],
    handlers: SubscriptionHandlers,
    keys?: ClientKeys,
  ): Subscription {
    return new Subscription(endpoint, prefixes, handlers, keys);
  }

  get state(): LinkState {
    return this.#link.kind;
  }

  /** Resolves when the first connection is made, with false if that is not before the signal or the close. */
  connected(signal: AbortSignal): Promise<boolean> {
    return Promise.race([this.#connected.promise, aborted(signal)]);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
    this.#connected.resolve(false);
  }

  #open(): UnlimitedSub {
    const socket = new UnlimitedSub(this.#endpoint, this.#keys);
    void watchEvents(socket, (type) => this.#note(type));
    socket.subscribe(...this.#prefixes, ...this.#heartbeats);
    socket.connect(this.#endpoint);
    void receiveAll(socket, ([topic, body]) => {
      if (socket.closed || topic === undefined || body === undefined) return;
      this.#step({ type: "heard" });
      this.#deliver(topic.toString("latin1"), body);
    });
    return socket;
  }

  #deliver(topic: string, body: Buffer): void {
    const unasked = this.#heartbeats.length > 0 && isState(topic) && !this.#isAskedFor(topic);
    if (!unasked) this.#handlers.onMessage(topic, body);
  }

  #isAskedFor(topic: string): boolean {
    return this.#prefixes.some((prefix) => topic.startsWith(prefix));
  }

  #note(type: EventType): void {
    if (type === "handshake") this.#connected.resolve(true);
    if (isRefusal(type)) this.#handlers.onRefused?.();
    if (type === "connect" || type === "handshake") this.#step({ type: "made" });
  }

  #look(): void {
    const nowMs = monotonicMs();
    const lateMs = nowMs - this.#lookedMs - TICK_MS;
    this.#lookedMs = nowMs;
    if (lateMs > OVERSLEPT_MS) this.#step({ type: "overslept", ms: lateMs });
    this.#step({ type: "tick" });
  }

  #step(event: LinkEvent): void {
    const before = this.#link.kind;
    const { link, rebuild } = next(this.#link, event, monotonicMs(), Math.random);
    this.#link = link;
    if (rebuild) {
      this.#socket.close();
      this.#socket = this.#open();
    }
    if (link.kind !== before) this.#handlers.onLink?.(link.kind);
  }
}

function aborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener("abort", () => resolve(false), { once: true });
  });
}
