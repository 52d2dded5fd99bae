import type { Content } from "./messages.ts";
import { after, distance } from "./sequence.ts";

/** A reliable frame to be written now. */
export interface Sending {
  readonly seq: number;
  readonly content: Content;
}

interface InFlight {
  readonly seq: number;
  content: Content;
  /** The place of its last sending among all sendings. */
  sentAs: number;
  /** It has come, but not all before it. */
  hasCome: boolean;
}

/** The timeout doubles up to here, ms. */
const MAX_TIMEOUT_MS = 2_000;
/** Frames under way, and the furthest that an `ack`'s bits go. */
const MAX_WINDOW = 8;

/**
 * One direction's reliable frames at their sender. firmware-bridge/SPEC.md, "Reliable frames".
 *
 *   waiting ──room in the window──► in flight ──ack──► (gone)
 *                                     └──timeout, or a later sending has come──► sent again
 */
export class ReliableSender {
  readonly #window: number;
  #waiting: Content[] = [];
  #inFlight: InFlight[] = [];
  /** The number of the oldest that is in flight, or of the next. */
  #base: number;
  #sendings = 0;
  #retransmits = 0;
  #doublings = 0;
  #dueMs = Infinity;

  /** @param first the number that its receiver expects */
  constructor(window: number, first: number) {
    this.#window = Math.min(window, MAX_WINDOW);
    this.#base = first;
  }

  /** When {@link due} is to be called, on the clock of its `nowMs`. */
  get dueMs(): number {
    return this.#dueMs;
  }

  get retransmits(): number {
    return this.#retransmits;
  }

  /** The number of the oldest that is in flight, or of the next. */
  get first(): number {
    return this.#base;
  }

  /** Not yet acknowledged, sent or not. */
  get size(): number {
    return this.#waiting.length + this.#inFlight.length;
  }

  /** Whether it has been written, once or more often. */
  hasSent(content: Content): boolean {
    return !this.#waiting.includes(content);
  }

  /** It is sent by {@link next}. */
  add(content: Content): void {
    this.#waiting.push(content);
  }

  /** Takes one back that has not been acknowledged: nothing of it is sent, or, if it has been, the other instead of it. */
  replace(content: Content, by: Content): void {
    this.#waiting = this.#waiting.filter((one) => one !== content);
    for (const frame of this.#inFlight) if (frame.content === content) frame.content = by;
  }

  /** What there is room for now. */
  next(nowMs: number, timeoutMs: number): Sending[] {
    const sendings: Sending[] = [];
    while (this.#waiting.length > 0 && this.#inFlight.length < this.#window) {
      const content = this.#waiting.shift() as Content;
      const seq = after(this.#base, this.#inFlight.length);
      const frame = { seq, content, sentAs: 0, hasCome: false };
      this.#inFlight.push(frame);
      if (this.#inFlight.length === 1) this.#begin(nowMs, timeoutMs);
      sendings.push(this.#send(frame));
    }
    return sendings;
  }

  /**
   * @param bits which came after a gap
   * @returns those of which it is now known that they were lost
   */
  acknowledged(ack: number, bits: number, nowMs: number, timeoutMs: number): Sending[] {
    const count = distance(this.#base, ack);
    if (count > this.#inFlight.length) return [];
    const gone = this.#inFlight.splice(0, count);
    this.#base = ack;
    const came = this.#inFlight.filter(({ hasCome }, i) => !hasCome && i > 0 && (bits >>> (i - 1)) & 1);
    for (const frame of came) frame.hasCome = true;
    if (gone.length === 0 && came.length === 0) return [];
    this.#begin(nowMs, timeoutMs);
    const newest = Math.max(...[...gone, ...came].map(({ sentAs }) => sentAs));
    return this.#inFlight
      .filter(({ hasCome, sentAs }) => !hasCome && sentAs < newest)
      .map((frame) => this.#sendAgain(frame));
  }

  /** The time has come: the oldest again. */
  due(nowMs: number, timeoutMs: number): Sending[] {
    const oldest = this.#inFlight[0];
    if (!oldest || nowMs < this.#dueMs) return [];
    this.#doublings++;
    this.#dueMs = nowMs + Math.min(MAX_TIMEOUT_MS, timeoutMs * 2 ** this.#doublings);
    return [this.#sendAgain(oldest)];
  }

  /** The timeout begins anew. */
  #begin(nowMs: number, timeoutMs: number): void {
    this.#doublings = 0;
    this.#dueMs = this.#inFlight.length === 0 ? Infinity : nowMs + timeoutMs;
  }

  #sendAgain(frame: InFlight): Sending {
    this.#retransmits++;
    return this.#send(frame);
  }

  #send(frame: InFlight): Sending {
    frame.sentAs = ++this.#sendings;
    return { seq: frame.seq, content: frame.content };
  }
}
