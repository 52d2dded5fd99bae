import { DunlinError } from "../base/index.ts";
import { encodeError } from "../message/index.ts";
import type { AgentLink } from "./agent-link.ts";
import { Backfill } from "./backfill.ts";
import { Credits } from "./credits.ts";
import type { StreamFeed } from "./stream-feed.ts";
import { Streams } from "./streams.ts";

export interface TelemetryPorts {
  /** To the journal. */
  append(topic: Buffer, body: Buffer): void;
  /** Bytes of bodies that the journal has not made durable yet. */
  waitingBytes(): number;
  publish(frames: readonly Buffer[]): void;
  linkOf(agent: string): AgentLink | undefined;
  onFault(error: unknown): void;
}

/** The journal has enough to do with this much, bytes of bodies: replays wait. */
const BUSY_BYTES = 8 * 1024 * 1024;
/** Credit is told this often, ms. */
const CREDIT_MS = 50;

/** Readings of all agents: published as they come, journaled in order, fetched where they are missing, and paid for by credit. */
export class Telemetry {
  readonly streams: Streams;
  readonly #ports: TelemetryPorts;
  readonly #backfill: Backfill;
  readonly #credits = new Credits();
  readonly #timer: NodeJS.Timeout;
  /** Whose readings are being taken. */
  #sender: AgentLink | undefined;
  readonly #touched = new Set<StreamFeed>();
  #readings = 0;
  #invalid = 0;

  constructor(ports: TelemetryPorts) {
    this.#ports = ports;
    this.streams = new Streams((feed, body) => {
      this.#credits.journaling(this.#sender, body.length);
      ports.append(feed.topic, body);
    });
    this.#backfill = new Backfill({
      ask: (agent, query) => ports.linkOf(agent)?.ask(query) ?? Promise.resolve(away(agent)),
      isBusy: () => ports.waitingBytes() > BUSY_BYTES,
      onFault: (error) => ports.onFault(error),
    });
    this.#timer = setInterval(() => this.#credits.tell(), CREDIT_MS);
  }

  /** Readings that were not passed on: of another's stream, or none at all. */
  get invalid(): number {
    return this.#invalid;
  }

  /** [topic, body] pairs of an agent. */
  take(link: AgentLink, pairs: readonly Buffer[]): void {
    this.#sender = link;
    for (let i = 0; i + 1 < pairs.length; i += 2)
      this.#takeOne(link, pairs[i] as Buffer, pairs[i + 1] as Buffer);
    // Last values outlive the message that they came in, and must not hold all of it.
    for (const feed of this.#touched) feed.detachLast();
    this.#touched.clear();
    this.#sender = undefined;
  }

  /** The agent says how far one of its streams has come. */
  note(agent: string, device: string, epoch: number, seq: number): void {
    const feed = this.streams.of(agent, device);
    feed?.note({ epoch, seq });
    if (feed?.behind) this.#backfill.want(feed);
  }

  /** Last values for new subscribers; a step for each stream. */
  *repeat(prefixes: readonly string[]): Iterable<void> {
    for (const { topic, last } of this.streams.all()) {
      const text = topic.toString("latin1");
      if (last && prefixes.some((prefix) => text.startsWith(prefix))) this.#ports.publish([topic, last]);
      yield;
    }
  }

  /** So many bytes have become durable. */
  settle(bytes: number): void {
    this.#credits.settle(bytes);
  }

  /** The agent cannot be asked for what is missing any more. */
  away(agent: string): void {
    this.#backfill.forget(agent);
  }

  status(): Record<string, unknown> {
    const behind = [...this.streams.all()].filter((feed) => feed.behind).length;
    const lost = [...this.streams.all()].reduce((sum, feed) => sum + feed.lost, 0);
    return {
      streams: this.streams.size,
      readings: this.#readings,
      backfill: { readings: this.#backfill.readings, streams: behind, lost },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#backfill.close();
  }

  #takeOne(link: AgentLink, topic: Buffer, body: Buffer): void {
    const feed = this.streams.byTopic(topic, link.agent);
    const offered = feed?.offer(body) ?? "invalid";
    if (offered !== "next") this.#credits.grant(link, body.length);
    if (!feed || offered === "invalid") return this.#refuse(link, topic);
    if (offered === "stale") return;
    this.#touched.add(feed);
    this.#readings++;
    this.#ports.publish([feed.topic, body]);
    if (offered === "ahead") this.#backfill.want(feed);
  }

  #refuse(link: AgentLink, topic: Buffer): void {
    this.#invalid++;
    const text = JSON.stringify(topic.toString("latin1")).slice(0, 160);
    this.#ports.onFault(
      new DunlinError(
        "message-invalid",
        `agent ${link.agent}: a reading on ${text} that is not its own, or no reading`,
      ),
    );
  }
}

function away(agent: string): Buffer {
  return encodeError(new DunlinError("timed-out", `agent ${agent} is away`));
}
