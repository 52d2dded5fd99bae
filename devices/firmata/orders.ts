import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { orderOf, type Answer, type BoardState, type Order } from "./commands.ts";

interface Wish {
  /** Absent: its call was cancelled while it was on its way. */
  call?: string;
  readonly name: string;
  readonly args: Values;
}

interface Waiting {
  readonly wish: Wish;
  readonly order: Order;
  tries: number;
  ticks: number;
}

/** Ticks are a second; the first may come at once. */
const ANSWER_TICKS = 2;
const TRIES = 3;
/** A board that starts takes some 3 s until it can be asked. */
const BOARD_TICKS = 10;

/** One order at a time, once the board is ready. */
export class Orders {
  readonly #board: BoardState;
  readonly #wishes: Wish[] = [];
  #waiting: Waiting | undefined;
  #isReady = false;
  #idleTicks = 0;

  constructor(board: BoardState) {
    this.#board = board;
  }

  add(wish: Wish, events: DriverEvent[]): void {
    this.#wishes.push(wish);
    if (!this.#waiting) this.#next(events);
  }

  cancel(call: string): void {
    const index = this.#wishes.findIndex((wish) => wish.call === call);
    if (index >= 0) this.#wishes.splice(index, 1);
    if (this.#waiting?.wish.call === call) delete this.#waiting.wish.call;
  }

  ready(events: DriverEvent[]): void {
    this.#isReady = true;
    if (!this.#waiting) this.#next(events);
  }

  /** The board has started anew: what was under way was lost with it. */
  lost(): void {
    this.#isReady = false;
    const wish = this.#waiting?.wish;
    this.#waiting = undefined;
    if (wish?.call !== undefined) this.#wishes.unshift(wish);
  }

  /** @returns whether it was waited for */
  answer(answer: Answer, events: DriverEvent[]): boolean {
    const outcome = this.#waiting?.order.outcomeOf(answer);
    if (outcome) this.#end(outcome, events);
    return outcome !== undefined;
  }

  tick(events: DriverEvent[]): void {
    const waiting = this.#waiting;
    if (!waiting) return this.#tickIdle(events);
    waiting.ticks++;
    if (waiting.ticks < ANSWER_TICKS) return;
    if (waiting.tries < TRIES) send(waiting, events);
    else this.#end({ ok: false, reason: "the board does not answer" }, events);
  }

  #tickIdle(events: DriverEvent[]): void {
    this.#idleTicks = this.#wishes.length > 0 ? this.#idleTicks + 1 : 0;
    if (this.#idleTicks < BOARD_TICKS) return;
    this.#idleTicks = 0;
    for (const wish of this.#wishes.splice(0))
      conclude(wish, { ok: false, reason: "no board with Firmata has been heard" }, events);
  }

  #next(events: DriverEvent[]): void {
    while (this.#isReady) {
      const wish = this.#wishes.shift();
      if (!wish) return;
      const order = orderOf(wish.name, wish.args, this.#board);
      if (!("fault" in order)) {
        this.#waiting = { wish, order, tries: 0, ticks: 0 };
        send(this.#waiting, events);
        return;
      }
      conclude(wish, { ok: false, reason: order.fault }, events);
    }
  }

  #end(outcome: Outcome, events: DriverEvent[]): void {
    const wish = this.#waiting?.wish;
    this.#waiting = undefined;
    if (wish) conclude(wish, outcome, events);
    this.#next(events);
  }
}

function send(waiting: Waiting, events: DriverEvent[]): void {
  waiting.tries++;
  waiting.ticks = 0;
  events.push({ type: "write", bytes: waiting.order.bytes });
}

function conclude({ call }: Wish, outcome: Outcome, events: DriverEvent[]): void {
  if (call !== undefined) events.push({ type: "outcome", call, outcome });
}
