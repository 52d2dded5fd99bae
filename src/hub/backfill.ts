import { asDunlinError, backoffMs, type BackoffLimits } from "../base/index.ts";
import { MAX_REPLAY_READINGS, splitReplay } from "../message/index.ts";
import type { StreamFeed } from "./stream-feed.ts";

export interface BackfillPorts {
  /** The agent's reply to a query; never rejects. */
  ask(agent: string, query: Readonly<Record<string, unknown>>): Promise<Buffer>;
  /** Whether the hub's own journal has enough to do: live readings go first. */
  isBusy(): boolean;
  onFault(error: unknown): void;
}

/** Questions under way at once over all agents, each up to one message of memory, and so the most that a big backlog takes of a link. */
const UNDER_WAY = 8;
/** Nothing new came: the agent's journal is a second behind what it publishes. */
const RETRY: BackoffLimits = { firstMs: 500, maxMs: 16_000 };
/** A journal that is busy is looked at again after this long, ms. */
const BUSY_MS = 50;

/**
 * Has agents replay what their streams lack at the hub: each agent in turn, one question at a time, a few over all, and none
 * while the hub's journal is behind. So a big backlog of one does not delay the others', nor live readings.
 */
export class Backfill {
  readonly #ports: BackfillPorts;
  /** Streams that lack something, by agent; the agents in the order of their turns. */
  readonly #wanting = new Map<string, Set<StreamFeed>>();
  readonly #underWay = new Set<string>();
  readonly #later = new Map<StreamFeed, NodeJS.Timeout>();
  #busy: NodeJS.Timeout | undefined;
  #readings = 0;
  #closed = false;

  constructor(ports: BackfillPorts) {
    this.#ports = ports;
  }

  /** Readings that replays have brought. */
  get readings(): number {
    return this.#readings;
  }

  /** Streams that lack something. */
  get streams(): number {
    return this.#wanting.values().reduce((sum, feeds) => sum + feeds.size, 0) + this.#later.size;
  }

  /** The stream may lack something. */
  want(feed: StreamFeed): void {
    if (this.#closed || !feed.behind || this.#later.has(feed)) return;
    const feeds = this.#wanting.get(feed.agent);
    if (feeds) feeds.add(feed);
    else this.#wanting.set(feed.agent, new Set([feed]));
    this.#pump();
  }

  /** The agent cannot be asked any more: it says anew what it has when it is back. */
  forget(agent: string): void {
    this.#wanting.delete(agent);
    this.#underWay.delete(agent);
    for (const [feed, timer] of this.#later) {
      if (feed.agent !== agent) continue;
      clearTimeout(timer);
      this.#later.delete(feed);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#busy);
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#later.clear();
    this.#wanting.clear();
  }

  #pump(): void {
    for (const [agent, feeds] of this.#wanting) {
      if (this.#underWay.size >= UNDER_WAY) return;
      if (this.#underWay.has(agent)) continue;
      if (this.#ports.isBusy()) return this.#pumpLater();
      const [feed] = feeds;
      this.#wanting.delete(agent);
      if (!feed) continue;
      feeds.delete(feed);
      // To the end of the row: its next turn comes after everybody's.
      if (feeds.size > 0) this.#wanting.set(agent, feeds);
      this.#underWay.add(agent);
      void this.#ask(feed);
    }
  }

  #pumpLater(): void {
    this.#busy ??= setTimeout(() => {
      this.#busy = undefined;
      this.#pump();
    }, BUSY_MS);
  }

  async #ask(feed: StreamFeed): Promise<void> {
    const { agent, device } = feed;
    const limit = MAX_REPLAY_READINGS;
    const reply = await this.#ports.ask(agent, { query: "replay", device, ...feed.ask(), limit });
    if (!this.#underWay.delete(agent) || this.#closed) return;
    this.#conclude(feed, reply);
    this.#pump();
  }

  #conclude(feed: StreamFeed, reply: Buffer): void {
    try {
      const answer = splitReplay(reply);
      this.#readings += answer.bodies.length;
      if (feed.take(answer)) feed.attempt = 0;
      else return this.#wantLater(feed);
    } catch (cause) {
      const error = asDunlinError(cause);
      if (error.code !== "not-found") {
        if (!error.retryable) this.#ports.onFault(error);
        return this.#wantLater(feed);
      }
      feed.giveUp();
    }
    this.want(feed);
  }

  #wantLater(feed: StreamFeed): void {
    if (!feed.behind) return;
    const retry = (): void => {
      this.#later.delete(feed);
      this.want(feed);
    };
    this.#later.set(feed, setTimeout(retry, backoffMs(feed.attempt++, RETRY)));
  }
}
