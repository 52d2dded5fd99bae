import { headOf, isAfter, type Cursor, type RawReplayAnswer } from "../message/index.ts";

/** Live readings kept of a stream that lacks some before them. Beyond it the oldest go: they come by replay. */
const MAX_HELD = 2_000;
const MAX_HELD_BYTES = 256 * 1024;

/** What all streams together may hold. */
export class HoldBudget {
  readonly #maxBytes: number;
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isSpent(): boolean {
    return this.bytes > this.#maxBytes;
  }
}

interface Held {
  readonly place: Cursor;
  readonly body: Buffer;
}

/** What a live reading is: `next` in its stream; `ahead` of what is missing; `stale`, known already; or no reading at all. */
export type Offered = "next" | "ahead" | "stale" | "invalid";

/**
 * One stream on its way into the hub's journal, which takes it in order only. What comes live and is not the next one is
 * held until replays have brought what lies before it.
 *
 *   journaled ───────────► end │ …missing… │ held │ newest
 *                              └ take(answer of a replay)
 */
export class StreamFeed {
  readonly agent: string;
  readonly device: string;
  /** `<agent>/<device>`, as the hub's journal names it. */
  readonly key: string;
  readonly topic: Buffer;
  /** Newest live reading. */
  last: Buffer | undefined;
  /** Replays in a row that brought nothing. */
  attempt = 0;
  readonly #append: (feed: StreamFeed, body: Buffer) => void;
  readonly #budget: HoldBudget;
  #end: Cursor;
  #newest: Cursor;
  /** As far as the agent says that there is. */
  #known: Cursor;
  #held: Held[] = [];
  #heldBytes = 0;
  #behind = false;
  #askedEpoch = 0;
  #lost = 0;

  /**
   * @param end where the stream ends in the journal
   * @param append to the journal, in order
   * @param budget that it shares with the other streams
   */
  constructor(
    agent: string,
    device: string,
    end: Cursor,
    append: (feed: StreamFeed, body: Buffer) => void,
    budget: HoldBudget,
  ) {
    this.agent = agent;
    this.device = device;
    this.key = `${agent}/${device}`;
    this.topic = Buffer.from(`telemetry/${agent}/${device}/`);
    this.#append = append;
    this.#budget = budget;
    this.#end = this.#newest = this.#known = end;
  }

  /** The last one that was given to the journal. */
  get end(): Cursor {
    return this.#end;
  }

  /** Newest that is known of, here or at the agent. */
  get newest(): Cursor {
    return this.#known;
  }

  /** Something before the newest is missing. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Readings that nobody has any more. */
  get lost(): number {
    return this.#lost;
  }

  /** A live reading. What is not stale or invalid is to be published. */
  offer(body: Buffer): Offered {
    const place = headOf(body);
    if (!place || place.epoch < 1 || place.seq < 1) return "invalid";
    if (!isAfter(place, this.#newest)) return "stale";
    this.#newest = place;
    this.#know(place);
    this.last = body;
    if (!this.#behind && follows(place, this.#end)) {
      this.#put(place, body);
      return "next";
    }
    this.#behind = true;
    this.#hold({ place, body });
    return "ahead";
  }

  /** Keeps the newest apart from the message that it is a part of. */
  detachLast(): void {
    if (this.last) this.last = Buffer.from(this.last);
  }

  /** The agent says that there is a reading with this number. */
  note(place: Cursor): void {
    this.#know(place);
    if (isAfter(place, this.#end) && this.#held.length === 0) this.#behind = true;
  }

  /** A replay is asked for now. @returns where to ask from; undefined: the beginning */
  ask(): Cursor | undefined {
    this.#askedEpoch = this.#known.epoch;
    return this.#end.epoch === 0 ? undefined : this.#end;
  }

  /** What the replay that was asked for last has brought. @returns whether it brought the stream on */
  take({ bodies, lost, next, more }: RawReplayAnswer): boolean {
    const before = this.#end;
    for (const body of bodies) {
      const place = headOf(body);
      if (place && isAfter(place, this.#end)) this.#put(place, body);
    }
    for (const { from, to = from } of lost) this.#lost += to - from + 1;
    if (isAfter(next, this.#end)) this.#end = next;
    // Epochs before the one in which it was asked are over: there is no more of them.
    if (!more && this.#askedEpoch > this.#end.epoch) this.#end = { epoch: this.#askedEpoch, seq: 0 };
    if (isAfter(this.#end, this.#newest)) this.#newest = this.#end;
    this.#drain();
    this.#behind = more || this.#held.length > 0 || isAfter(this.#known, this.#end);
    return isAfter(this.#end, before);
  }

  /** Nobody has what is missing: the agent keeps no journal. What is held follows as it is. */
  giveUp(): void {
    for (const { place, body } of this.#held) {
      if (place.epoch === this.#end.epoch) this.#lost += place.seq - this.#end.seq - 1;
      this.#put(place, body);
    }
    this.#release(this.#held.length);
    if (isAfter(this.#known, this.#end)) this.#end = this.#known;
    this.#behind = false;
  }

  #know(place: Cursor): void {
    if (isAfter(place, this.#known)) this.#known = { epoch: place.epoch, seq: place.seq };
  }

  #put({ epoch, seq }: Cursor, body: Buffer): void {
    this.#end = { epoch, seq };
    this.#append(this, body);
  }

  /** What is held and follows now. */
  #drain(): void {
    let count = 0;
    for (const { place, body } of this.#held) {
      if (isAfter(place, this.#end)) {
        if (!follows(place, this.#end)) break;
        this.#put(place, body);
      }
      count++;
    }
    this.#release(count);
  }

  #hold(held: Held): void {
    this.#held.push(held);
    this.#heldBytes += held.body.length;
    this.#budget.bytes += held.body.length;
    const isFull = (): boolean =>
      this.#held.length > MAX_HELD || this.#heldBytes > MAX_HELD_BYTES || this.#budget.isSpent;
    // Not one by one: to take the first out of an array moves all the others.
    while (this.#held.length > 0 && isFull()) this.#release(Math.ceil(this.#held.length / 8));
  }

  /** The oldest held go. */
  #release(count: number): void {
    for (const { body } of this.#held.splice(0, count)) {
      this.#heldBytes -= body.length;
      this.#budget.bytes -= body.length;
    }
  }
}

/** Of two epochs nobody knows without asking whether the first had more. */
function follows(place: Cursor, end: Cursor): boolean {
  return place.epoch === end.epoch && place.seq === end.seq + 1;
}
