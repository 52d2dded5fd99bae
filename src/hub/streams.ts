import { BEFORE_ALL, parseTopic, type Cursor } from "../message/index.ts";
import { HoldBudget, StreamFeed } from "./stream-feed.ts";

/** Streams that one agent may have. */
const MAX_PER_AGENT = 4_096;
/** Live readings that wait for what lies before them, over all streams. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Every stream that the hub knows, by its topic. */
export class Streams {
  readonly #append: (feed: StreamFeed, body: Buffer) => void;
  readonly #budget = new HoldBudget(MAX_HELD_BYTES);
  readonly #byTopic = new Map<string, StreamFeed>();
  readonly #byAgent = new Map<string, Map<string, StreamFeed>>();
  /** Where they end on the disk. */
  readonly #durable = new Map<string, Cursor>();

  /** @param append to the journal, in the order of each stream */
  constructor(append: (feed: StreamFeed, body: Buffer) => void) {
    this.#append = append;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  /** What the journal says: at its start of all streams, later of those that have changed. */
  noteEnds(ends: Readonly<Record<string, Cursor>>): void {
    for (const [key, end] of Object.entries(ends)) {
      this.#durable.set(key, end);
      const [agent = "", device = ""] = key.split("/");
      if (!this.#byAgent.get(agent)?.has(device)) this.of(agent, device);
    }
  }

  /**
   * The stream with this topic, if it is of this agent; made if it is new.
   * @returns undefined for another's, for what is no topic of a stream, and for one too many
   */
  byTopic(topic: Buffer, agent: string): StreamFeed | undefined {
    const text = topic.toString("latin1");
    const known = this.#byTopic.get(text);
    if (known) return known.agent === agent ? known : undefined;
    const parsed = parseTopic(text);
    return parsed?.kind === "telemetry" && parsed.agent === agent ? this.of(agent, parsed.device) : undefined;
  }

  /** @returns undefined for one too many */
  of(agent: string, device: string): StreamFeed | undefined {
    let feeds = this.#byAgent.get(agent);
    if (!feeds) this.#byAgent.set(agent, (feeds = new Map<string, StreamFeed>()));
    const known = feeds.get(device);
    if (known || feeds.size >= MAX_PER_AGENT) return known;
    const end = this.#durable.get(`${agent}/${device}`) ?? BEFORE_ALL;
    const feed = new StreamFeed(agent, device, end, this.#append, this.#budget);
    feeds.set(device, feed);
    this.#byTopic.set(feed.topic.toString("latin1"), feed);
    return feed;
  }

  find(agent: string, device: string): StreamFeed | undefined {
    return this.#byAgent.get(agent)?.get(device);
  }

  ofAgent(agent: string): StreamFeed[] {
    return [...(this.#byAgent.get(agent)?.values() ?? [])];
  }

  all(): IterableIterator<StreamFeed> {
    return this.#byTopic.values();
  }

  /** Newest durable seq of an agent's streams in an epoch, by device. */
  durableOf(agent: string, epoch: number): Record<string, number> {
    const ends = this.ofAgent(agent).map(({ device, key }) => [device, this.#durable.get(key)] as const);
    return Object.fromEntries(
      ends.flatMap(([device, end]) => (end?.epoch === epoch ? [[device, end.seq] as const] : [])),
    );
  }

  forget(agent: string): void {
    for (const feed of this.ofAgent(agent)) this.#byTopic.delete(feed.topic.toString("latin1"));
    this.#byAgent.delete(agent);
  }
}
