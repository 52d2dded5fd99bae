import { UBX } from "../../src/codec/index.ts";
import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { orderOf, VERSION_POLL, type Order, type ReceiverPort } from "./commands.ts";

/** A receiver answers within a second; on a line that is full of messages it takes longer. Interface description, "Acknowledgement". */
const ANSWER_WITHIN_MS = 2_000;
/** A receiver that restarts may miss the first polls. */
const RESTART_POLLS = 3;
/** How long until a receiver that does not answer is asked again for the settings' sake. */
const ASK_AGAIN_MS = 30_000;
const NO_ANSWER = "the receiver does not answer: is its RX pin connected?";

/** What is to be asked of the receiver: for a call, or at the start for the settings' sake. */
export interface Wish {
  /** Absent: of its own accord, or of a call that was cancelled. */
  call?: string;
  readonly name: string;
  readonly args: Values;
}

interface Waiting {
  readonly wish: Wish;
  readonly order: Order;
  /** How many more times the version is asked for. */
  polls: number;
}

/**
 * Talks to the receiver, one order at a time: its acknowledgements name the kind of message only. What is written depends
 * on the protocol's version, so that is asked for first; a receiver that does not tell it is an old one.
 *
 *   wishes ──► [version?] ──► order ──ACK, version──► succeeded
 *                               ├──NAK──► failed
 *                               └──2 s──► failed
 *
 * What the settings want is asked for again every 30 s as long as the receiver does not answer: it may be switched off.
 */
export class Dialogue {
  readonly #port: ReceiverPort;
  readonly #wishes: Wish[] = [];
  #waiting: Waiting | undefined;
  /** What the settings want of a receiver that does not answer. */
  #postponed: Wish[] = [];
  #hasComplained = false;
  /** Undefined until it has been asked for. */
  #protocol: number | undefined;

  constructor(port: ReceiverPort) {
    this.#port = port;
  }

  add(wish: Wish, events: DriverEvent[]): void {
    if (wish.call === undefined && this.#isWished(wish)) return;
    this.#wishes.push(wish);
    if (!this.#waiting) this.#next(events);
  }

  /** What is on its way cannot be called back; its answer is nothing to anybody any more. */
  cancel(call: string): void {
    const index = this.#wishes.findIndex((wish) => wish.call === call);
    if (index >= 0) this.#wishes.splice(index, 1);
    if (this.#waiting?.wish.call === call) delete this.#waiting.wish.call;
  }

  acknowledged(message: number, isAccepted: boolean, events: DriverEvent[]): void {
    const waiting = this.#waiting;
    if (waiting?.order.acknowledged !== message) return;
    // That a restart is accepted is told too early, and by few receivers.
    if (!isAccepted) this.#end({ ok: false, reason: "the receiver refuses it" }, events);
    else if (!waiting.order.isRestart) this.#end({ ok: true }, events);
  }

  version(protocol: number, values: Values, events: DriverEvent[]): void {
    this.#protocol = protocol;
    const waiting = this.#waiting;
    if (waiting?.order.isRestart) this.#end({ ok: true }, events);
    else if (waiting?.order === VERSION_POLL)
      this.#end({ ok: true, ...(waiting.wish.call === undefined ? {} : { result: values }) }, events);
  }

  /** Nothing came in time. */
  expired(events: DriverEvent[]): void {
    const waiting = this.#waiting;
    if (!waiting) return this.#askAgain(events);
    if (waiting.polls > 0) {
      waiting.polls--;
      events.push({ type: "write", bytes: VERSION_POLL.bytes }, { type: "wake", afterMs: ANSWER_WITHIN_MS });
      return;
    }
    if (waiting.order === VERSION_POLL) {
      this.#protocol ??= 0;
      this.#postponed.push(...this.#wishes.filter(isOfSettings));
      this.#wishes.splice(0, Infinity, ...this.#wishes.filter((wish) => !isOfSettings(wish)));
    }
    this.#end({ ok: false, reason: NO_ANSWER }, events);
  }

  #askAgain(events: DriverEvent[]): void {
    if (this.#postponed.length === 0) return;
    this.#wishes.push(...this.#postponed);
    this.#postponed = [];
    this.#protocol = undefined;
    this.#next(events);
  }

  #isWished({ name, args }: Wish): boolean {
    return [...this.#wishes, ...this.#postponed].some(
      (wish) =>
        isOfSettings(wish) && wish.name === name && JSON.stringify(wish.args) === JSON.stringify(args),
    );
  }

  #end(outcome: Outcome, events: DriverEvent[]): void {
    const wish = this.#waiting?.wish;
    this.#waiting = undefined;
    if (wish?.call !== undefined) events.push({ type: "outcome", call: wish.call, outcome });
    else if (wish && !outcome.ok) this.#complain(wish, outcome.reason, events);
    this.#next(events);
  }

  #next(events: DriverEvent[]): void {
    for (let wish = this.#take(); wish; wish = this.#take()) {
      const order = orderOf(wish.name, wish.args, this.#protocol ?? 0, this.#port);
      if (!("fault" in order)) {
        this.#waiting = { wish, order, polls: order.isRestart ? RESTART_POLLS - 1 : 0 };
        const poll = order.isRestart ? VERSION_POLL.bytes : Buffer.alloc(0);
        events.push({ type: "write", bytes: Buffer.concat([order.bytes, poll]) });
        events.push({ type: "wake", afterMs: ANSWER_WITHIN_MS });
        return;
      }
      const outcome: Outcome = { ok: false, reason: order.fault };
      if (wish.call === undefined) this.#complain(wish, order.fault, events);
      else events.push({ type: "outcome", call: wish.call, outcome });
    }
    if (this.#postponed.length > 0) events.push({ type: "wake", afterMs: ASK_AGAIN_MS });
  }

  /** A receiver that is only listened to is no fault: that is told once. */
  #complain({ name, args }: Wish, reason: string, events: DriverEvent[]): void {
    if (reason === NO_ANSWER && this.#hasComplained) return;
    if (reason === NO_ANSWER) this.#hasComplained = true;
    events.push({ type: "log", text: `${[name, ...Object.values(args)].join(" ")}: ${reason}` });
  }

  #take(): Wish | undefined {
    if (this.#protocol === undefined && this.#wishes.length > 0 && this.#wishes[0]?.name !== "version")
      return { name: "version", args: {} };
    return this.#wishes.shift();
  }
}

function isOfSettings(wish: Wish): boolean {
  return wish.call === undefined;
}

/** Whether it is UBX-ACK-ACK or -NAK: class and id of what is acknowledged. */
export function acknowledgementOf(
  message: number,
  payload: Buffer,
): { readonly message: number; readonly isAccepted: boolean } | undefined {
  if ((message !== UBX.ack && message !== UBX.nak) || payload.length < 2) return undefined;
  return { message: payload.readUInt16BE(0), isAccepted: message === UBX.ack };
}
