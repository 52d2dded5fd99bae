import { Subscriber as Sub } from "zeromq";
import { receiveAll } from "../base/index.ts";
import { CONNECT_OPTIONS, LINK_OPTIONS } from "./options.ts";

/** ZMQ_RCVHWM of a subscriber: messages held for a slow reader before the publisher's own queue fills. */
const RECEIVE_HIGH_WATER_MARK = 10_000;

/** ZMQ_SNDHWM, which zeromq.js does not offer on a SUB. */
const SNDHWM = 23;

/** A SUB silently keeps only 1000 subscriptions until its send high-water mark is raised: 0 is no limit. */
class UnlimitedSub extends Sub {
  constructor() {
    super({ ...LINK_OPTIONS, ...CONNECT_OPTIONS, receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK });
    this.setInt32Option(SNDHWM, 0);
  }
}

/** A SUB socket that hands over every message of its prefixes. */
export class Subscription {
  readonly #socket = new UnlimitedSub();

  private constructor() {}

  static open(
    endpoint: string,
    prefixes: readonly string[],
    onMessage: (topic: string, body: Buffer) => void,
  ): Subscription {
    const subscription = new Subscription();
    subscription.#socket.subscribe(...prefixes);
    subscription.#socket.connect(endpoint);
    void receiveAll(subscription.#socket, ([topic, body]) => {
      if (topic !== undefined && body !== undefined) onMessage(topic.toString("latin1"), body);
    });
    return subscription;
  }

  /** Resolves when the first connection is made, rejects never; end it with the signal. */
  async connected(signal: AbortSignal): Promise<boolean> {
    const events = this.#socket.events;
    while (!signal.aborted && !this.#socket.closed) {
      const event = await Promise.race([events.receive(), aborted(signal)]);
      if (event === undefined) return false;
      if (event.type === "handshake") return true;
    }
    return false;
  }

  close(): void {
    this.#socket.close();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
