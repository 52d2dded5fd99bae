import type { Greeting } from "./opening.ts";
import { Discovery } from "./discovery.ts";
import type { Content, DeviceMessage, LinkValue } from "./messages.ts";
import { ReliableReceiver } from "./reliable-receiver.ts";
import { ReliableSender } from "./reliable-sender.ts";
import type { SelfDescription } from "./self-description.ts";

/** A message that was understood, or not; and how many bytes it took on the line. */
export interface Understood {
  readonly message: DeviceMessage | "unparsable" | "unsupported";
  readonly bytes: number;
  readonly isReliable: boolean;
}

/** Values by the places of their metrics. */
export interface RawReading {
  readonly values: ReadonlyMap<number, LinkValue>;
  readonly bytes: number;
  readonly isReliable: boolean;
}

/** Readings that are kept until the device is known. */
const MAX_HELD = 32;
/** So many may come at once, when one comes after which others came early. */
const WINDOW = 8;
/** One frame need not be acknowledged by a frame of its own, if another comes soon, ms. */
const ACK_DELAY_MS = 10;
const ACK_EVERY = 2;
/** From one `time` to the next, ms. */
const TIME_MS = 60_000;

/** What the host remembers of one session. */
export class HostSession {
  readonly session: number;
  readonly maxFrameBytes: number;
  readonly sender: ReliableSender;
  readonly receiver: ReliableReceiver<Understood>;
  readonly discovery: Discovery;
  #held: RawReading[] = [];
  /** Present when all items are there. */
  description: SelfDescription | undefined;
  #timeDueMs: number;
  #owed = 0;
  #ackDueMs = Infinity;

  constructor({ welcome, ack }: Greeting, nowMs: number) {
    this.session = welcome.session;
    this.maxFrameBytes = welcome.maxFrameBytes;
    this.sender = new ReliableSender(welcome.window, ack);
    this.receiver = new ReliableReceiver(welcome.first);
    this.discovery = new Discovery(welcome.items, nowMs);
    this.#timeDueMs = nowMs;
  }

  get dueMs(): number {
    return Math.min(this.sender.dueMs, this.discovery.dueMs, this.#timeDueMs, this.#ackDueMs);
  }

  isTimeDue(nowMs: number): boolean {
    if (nowMs < this.#timeDueMs) return false;
    this.#timeDueMs = nowMs + TIME_MS;
    return true;
  }

  /** A reliable frame has come. @param isOdd its sender should know at once */
  owe(isOdd: boolean, nowMs: number): void {
    this.#owed++;
    this.#ackDueMs =
      isOdd || this.#owed >= ACK_EVERY ? nowMs : Math.min(this.#ackDueMs, nowMs + ACK_DELAY_MS);
  }

  isAckDue(nowMs: number): boolean {
    return nowMs >= this.#ackDueMs;
  }

  /** A frame has been written: it acknowledges. What came after a gap only an `ack` tells. */
  wrote(content: Pick<Content, "kind">, ackKind: number): void {
    if (content.kind !== ackKind && this.receiver.bits !== 0) return;
    this.#owed = 0;
    this.#ackDueMs = Infinity;
  }

  /** Whether a reliable frame can be taken: what is acknowledged must not be dropped. */
  get hasRoom(): boolean {
    return this.#held.filter(({ isReliable }) => isReliable).length <= MAX_HELD - WINDOW;
  }

  /** @returns whether another had to go for it: the oldest of those that are not reliable */
  hold(reading: RawReading): boolean {
    this.#held.push(reading);
    if (this.#held.length <= MAX_HELD) return false;
    const oldest = this.#held.findIndex(({ isReliable }) => !isReliable);
    this.#held.splice(oldest, oldest < 0 ? 0 : 1);
    return true;
  }

  takeHeld(): RawReading[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
