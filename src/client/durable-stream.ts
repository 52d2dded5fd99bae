import { DunlinError } from "../base/index.ts";
import type { ClientKeys } from "../bus/index.ts";
import {
  commandTopic,
  MAX_REPLAY_READINGS,
  stateTopic,
  type AgentState,
  type Cursor,
  type ReplayAnswer,
} from "../message/index.ts";
import { CatchUp } from "./catch-up.ts";
import type { DurableTrack } from "./durable-track.ts";
import { DurableTracks, prefixesOf, type DurableStart } from "./durable-tracks.ts";
import { countLost, cursorAfter, type LostMessage, type StreamMessage } from "./lost-message.ts";
import { MessageStream, type SubscribeOptions } from "./message-stream.ts";
import type { Message } from "./messages.ts";
import { Outlet } from "./outlet.ts";
import { Replays } from "./replays.ts";

export interface DurableOptions extends Pick<SubscribeOptions, "signal" | "onLink" | "onRefused"> {
  /**
   * Where to begin: `"start"`, with the oldest reading that there ever was (what is no longer there is reported as
   * lost); a time, µs since 1970; or the `cursors()` of an earlier stream, where a stream that is not among them is
   * read from its start. Default: with the first live reading.
   */
  readonly from?: DurableStart;
  /** Ends the stream when all that was durable when the agent was first heard of has been taken. Default false. */
  readonly untilCaughtUp?: boolean;
  /**
   * Messages kept while nobody takes them; as many live readings again may wait for a replay. Beyond it live readings are
   * dropped and replayed later, if they are durable. Default 20 000.
   */
  readonly capacity?: number;
}

const DEFAULT_CAPACITY = 20_000;
/** Live readings that are kept of each stream, however many there are. */
const MIN_BUFFER = 100;

type Asker = (args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/**
 * Every reading of some streams once, in order, whatever happens to the connection, to the agent or to us; and in their
 * place, as messages of kind `lost`, the readings that are gone for good. Readings of different streams come in any order.
 * State and commands come too if the topics ask for them, as they are, without that promise.
 *
 * A consumer that stores {@link cursors} together with what it made of the messages goes on from there, exactly once.
 * A slow consumer is waited for: what it does not take in time is replayed later.
 */
export class DurableStream implements AsyncIterableIterator<Message | LostMessage> {
  readonly #live: MessageStream;
  readonly #tracks: DurableTracks;
  readonly #replays: Replays;
  readonly #outlet = new Outlet<Message | LostMessage, DurableTrack>(() => this.#taken());
  readonly #prefixes: readonly string[];
  readonly #options: DurableOptions;
  readonly #capacity: number;
  /** Streams with live readings that found no room. */
  readonly #held = new Set<DurableTrack>();
  readonly #catchUp: CatchUp | undefined;
  #lost = 0;
  #replayed = 0;
  #dropped = 0;

  /**
   * @param topics as {@link subscriptionPrefix} takes them; none is all telemetry
   * @param query asks the agent for a replay
   * @throws DunlinError `arguments-invalid`
   */
  constructor(
    endpoint: string,
    query: Asker,
    topics: readonly string[],
    options: DurableOptions = {},
    onClose: () => void = () => {},
    keys?: ClientKeys,
  ) {
    this.#options = options;
    this.#capacity = options.capacity ?? DEFAULT_CAPACITY;
    if (options.untilCaughtUp) this.#catchUp = new CatchUp();
    this.#prefixes = prefixesOf(topics);
    this.#tracks = new DurableTracks(this.#prefixes, options.from);
    this.#replays = new Replays({
      query,
      room: () => this.#room(),
      take: (track, answer) => this.#take(track, answer),
      failed: (track, error) => this.#failed(track, error),
    });
    const live = [...new Set([...this.#prefixes, ...this.#tracks.statePrefixes()])];
    const { onLink, onRefused } = options;
    const told = { ...(onLink && { onLink }), ...(onRefused && { onRefused }) };
    this.#live = new MessageStream(endpoint, live, told, onClose, keys);
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    // Not before the caller has the stream.
    if (options.signal?.aborted) queueMicrotask(() => this.close());
    void this.#follow();
  }

  /** Readings reported as lost; a range whose end nobody knows counts as one. */
  get lost(): number {
    return this.#lost;
  }

  /** Readings that came again and were left out. */
  get duplicates(): number {
    return Array.from(this.#tracks.all()).reduce((sum, { merge }) => sum + merge.duplicates, 0);
  }

  /** Readings that replay brought. */
  get replayed(): number {
    return this.#replayed;
  }

  /** States and commands dropped here because nobody took them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Messages that wait to be taken. */
  get queued(): number {
    return this.#outlet.size;
  }

  /** Live readings that wait for what lies before them. */
  get buffered(): number {
    return Array.from(this.#tracks.all()).reduce((sum, { merge }) => sum + merge.buffered, 0);
  }

  /**
   * For each stream (`<agent>/<device>`) the place after the last message that was taken, for {@link DurableOptions.from}.
   * Streams that were not heard of keep the cursor that they were given.
   */
  cursors(): Map<string, Cursor> {
    const { from } = this.#options;
    const cursors = new Map<string, Cursor>(from instanceof Map ? (from as ReadonlyMap<string, Cursor>) : []);
    const handed = this.#outlet.handed();
    for (const track of this.#tracks.all()) {
      const last = handed.get(track) as StreamMessage | undefined;
      const cursor = last ? cursorAfter(last) : (track.start ?? track.merge.origin);
      if (cursor) cursors.set(track.key, cursor);
    }
    return cursors;
  }

  /** @throws DunlinError `arguments-invalid` if a cursor is ahead of the agent, or what the agent answers */
  next(): Promise<IteratorResult<Message | LostMessage>> {
    return this.#outlet.next();
  }

  /** The same in batches, each of one stream: the way for many readings. A batch counts as taken when it is given. */
  batches(): AsyncIterableIterator<readonly (Message | LostMessage)[]> {
    const iterator = {
      next: () => this.#outlet.nextBatch(),
      return: () => this.return(),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it at once: what was not taken is left, and `cursors()` says so. */
  close(): void {
    this.#outlet.clear();
    this.#finish();
  }

  /** What is queued is still given. */
  #finish(error?: DunlinError): void {
    if (this.#outlet.ended) return;
    this.#replays.close();
    this.#live.close();
    this.#outlet.finish(error);
  }

  async #follow(): Promise<void> {
    for await (const message of this.#live) if (!this.#outlet.ended) this.#receive(message);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "telemetry": {
        const track = this.#track(message.agent, message.device);
        if (this.#isFull()) {
          track.merge.keep(message);
          this.#held.add(track);
        } else this.#push(track, track.merge.offer(message));
        this.#want(track);
        break;
      }
      case "state":
        this.#learn(message.agent, message.state);
        this.#pass(message, stateTopic(message.agent));
        break;
      case "device":
        this.#pass(message, stateTopic(message.agent, message.device));
        break;
      case "command":
        this.#pass(message, commandTopic(message.agent, message.progress.id));
    }
    this.#endIfCaughtUp();
  }

  /** State is listened to anyway; only who asked for it gets it. */
  #pass(message: Message, topic: string): void {
    if (!this.#prefixes.some((prefix) => topic.startsWith(prefix))) return;
    if (this.#isFull()) this.#dropped++;
    else this.#push(undefined, [message]);
  }

  #learn(agent: string, state: AgentState): void {
    const before = this.#tracks.epochOf(agent);
    if (before !== undefined && before > state.epoch)
      return this.#finish(backwards(agent, before, state.epoch));
    const count = this.#tracks.size;
    const tracks = this.#tracks.learn(agent, state);
    if (this.#tracks.size > count) this.#share();
    const journal = (state.journal?.state ?? "off") !== "off";
    for (const track of tracks) {
      const { device } = track;
      const seq = state.type === "birth" ? state.devices[device]?.seq : state.streams[device];
      const durable = state.durable?.[device] ?? 0;
      try {
        track.note({ epoch: state.epoch, seq, durable, journal });
      } catch (cause) {
        return this.#finish(cause as DunlinError);
      }
      if (!this.#isFull()) this.#push(track, track.merge.release());
      this.#want(track);
    }
    if (before !== undefined && before < state.epoch) this.#replays.restarted(agent);
    this.#catchUp?.begin(tracks, state);
  }

  #track(agent: string, device: string): DurableTrack {
    const count = this.#tracks.size;
    const track = this.#tracks.of(agent, device);
    if (this.#tracks.size > count) this.#share();
    return track;
  }

  /** All streams together may keep as much as the queue. */
  #share(): void {
    const each = Math.max(MIN_BUFFER, Math.floor(this.#capacity / this.#tracks.size));
    for (const { merge } of this.#tracks.all()) merge.capacity = each;
  }

  /** Before an agent was heard of it is not known whether it has a journal, or whether the cursor is of this agent. */
  #want(track: DurableTrack): void {
    if (this.#tracks.epochOf(track.agent) !== undefined) this.#replays.want(track);
  }

  #take(track: DurableTrack, answer: ReplayAnswer): void {
    track.unknown = false;
    this.#replayed += answer.readings.length;
    const readings = answer.readings.map((reading) => track.message(reading));
    this.#push(track, track.merge.take({ ...answer, readings }));
    this.#endIfCaughtUp();
  }

  #failed(track: DurableTrack, error: DunlinError): boolean {
    if (error.retryable) return true;
    if (error.code === "not-found") track.merge.withoutJournal();
    else if (error.code === "target-unknown") track.unknown = true;
    else this.#finish(error);
    if (this.#outlet.ended) return false;
    this.#push(track, track.merge.release());
    this.#endIfCaughtUp();
    return track.unknown;
  }

  #push(track: DurableTrack | undefined, messages: (Message | LostMessage)[]): void {
    for (const message of messages) if (message.kind === "lost") this.#lost += countLost(message);
    this.#outlet.push(messages, track);
  }

  #isFull(): boolean {
    return this.#outlet.size >= this.#capacity;
  }

  /** Nothing is asked for until most of what there is has been taken. */
  #room(): number {
    if (this.#outlet.size >= this.#capacity / 2) return 0;
    return Math.max(1, Math.min(MAX_REPLAY_READINGS, this.#capacity / 4) | 0);
  }

  #taken(): void {
    if (this.#outlet.size >= this.#capacity / 2) return;
    for (const track of this.#held) {
      if (this.#isFull()) break;
      this.#held.delete(track);
      this.#push(track, track.merge.release());
      this.#want(track);
    }
    this.#replays.pump();
  }

  #endIfCaughtUp(): void {
    if (this.#catchUp?.isDone()) this.#finish();
  }
}

function backwards(agent: string, before: number, epoch: number): DunlinError {
  return new DunlinError(
    "arguments-invalid",
    `${agent} was at epoch ${before} and is now at epoch ${epoch}: this is another agent of the same name, or it has lost its state; begin anew`,
    { context: { agent, before, epoch } },
  );
}
