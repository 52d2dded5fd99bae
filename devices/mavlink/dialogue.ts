import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { ACCEPTED, IN_PROGRESS, reasonOf, type Order } from "./commands.ts";
import type { Fields } from "./fields.ts";
import { parameterValueOf } from "./parameter.ts";
import type { Sender } from "./sender.ts";

export interface Wish {
  /** Absent: for the settings' sake, or of a call that was cancelled. */
  call?: string;
  /** For people. */
  readonly title: string;
  readonly order: Order;
}

export interface Vehicle {
  readonly system: number;
  readonly component: number;
  /** MAV_AUTOPILOT. */
  readonly autopilot: number;
}

interface Waiting {
  readonly wish: Wish;
  tries: number;
  /** Ticks since it was last sent, or since the vehicle said that it is at it. */
  ticks: number;
  isAccepted: boolean;
  /** The values of the message that is wanted. */
  values?: Values;
}

/** Ticks are a second. The first may come at once, so that is one second at least. "Command protocol": resend. */
const ANSWER_TICKS = 2;
const TRIES = 3;

/**
 * One order at a time, as an acknowledgement names the command only. An order that is not answered is sent three times.
 *
 *   wishes ──► order ──ACK accepted [and the message]──► succeeded
 *                ├──ACK in progress──► goes on waiting
 *                ├──any other ACK──► failed
 *                └──no answer, three times──► failed
 */
export class Dialogue {
  readonly #sender: Sender;
  readonly #wishes: Wish[] = [];
  #waiting: Waiting | undefined;
  #vehicle: Vehicle | undefined;
  /** How long wishes have waited for a vehicle. */
  #idleTicks = 0;

  constructor(sender: Sender) {
    this.#sender = sender;
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

  heard(vehicle: Vehicle, events: DriverEvent[]): void {
    this.#vehicle = vehicle;
    if (!this.#waiting) this.#next(events);
  }

  acknowledged(fields: Fields, events: DriverEvent[]): void {
    const waiting = this.#waiting;
    const order = waiting?.wish.order;
    if (!waiting || order?.kind !== "command" || order.command !== fields.number("command")) return;
    const result = fields.number("result");
    if (result === IN_PROGRESS) waiting.ticks = 0;
    else if (result !== ACCEPTED) this.#end({ ok: false, reason: reasonOf(result) }, events);
    else {
      waiting.isAccepted = true;
      this.#endIfWhole(waiting, events);
    }
  }

  /** A message that became a reading. */
  message(id: number, values: Values, events: DriverEvent[]): void {
    const waiting = this.#waiting;
    const order = waiting?.wish.order;
    if (!waiting || order?.kind !== "command" || order.wants !== id) return;
    waiting.values = values;
    this.#endIfWhole(waiting, events);
  }

  /** @returns whether it was asked for */
  parameter(fields: Fields, events: DriverEvent[]): boolean {
    const order = this.#waiting?.wish.order;
    if (order?.kind !== "parameter" || order.name !== fields.text("param_id")) return false;
    const value = parameterValueOf(fields, this.#vehicle?.autopilot ?? 0);
    this.#end({ ok: true, result: { name: order.name, value } }, events);
    return true;
  }

  /** A second has passed. */
  tick(events: DriverEvent[]): void {
    const waiting = this.#waiting;
    if (!waiting) return this.#tickIdle(events);
    waiting.ticks++;
    if (waiting.ticks < ANSWER_TICKS) return;
    if (waiting.tries < TRIES) this.#send(waiting, events);
    else this.#end({ ok: false, reason: "the vehicle does not answer" }, events);
  }

  #tickIdle(events: DriverEvent[]): void {
    this.#idleTicks = this.#wishes.length > 0 ? this.#idleTicks + 1 : 0;
    if (this.#idleTicks < ANSWER_TICKS * TRIES) return;
    this.#idleTicks = 0;
    for (const wish of this.#wishes.splice(0))
      conclude(wish, { ok: false, reason: "no vehicle has been heard" }, events);
  }

  #next(events: DriverEvent[]): void {
    const wish = this.#vehicle ? this.#wishes.shift() : undefined;
    if (!wish) return;
    this.#waiting = { wish, tries: 0, ticks: 0, isAccepted: false };
    this.#send(this.#waiting, events);
  }

  #send(waiting: Waiting, events: DriverEvent[]): void {
    const { system = 0, component = 0 } = this.#vehicle ?? {};
    const target = { target_system: system, target_component: component };
    const { order } = waiting.wish;
    const bytes =
      order.kind === "parameter"
        ? this.#sender.write("PARAM_REQUEST_READ", { param_index: -1, param_id: order.name, ...target })
        : this.#sender.write("COMMAND_LONG", {
            command: order.command,
            ...order.params,
            ...target,
            confirmation: waiting.tries,
          });
    waiting.tries++;
    waiting.ticks = 0;
    events.push({ type: "write", bytes });
  }

  #endIfWhole({ wish, isAccepted, values }: Waiting, events: DriverEvent[]): void {
    const needsValues = wish.order.kind === "command" && wish.order.wants !== undefined;
    if (!isAccepted || (needsValues && !values)) return;
    this.#end(values ? { ok: true, result: values } : { ok: true }, events);
  }

  #end(outcome: Outcome, events: DriverEvent[]): void {
    const wish = this.#waiting?.wish;
    this.#waiting = undefined;
    if (wish) conclude(wish, outcome, events);
    this.#next(events);
  }
}

/** What is done for the settings' sake and fails is told to people. */
function conclude({ call, title }: Wish, outcome: Outcome, events: DriverEvent[]): void {
  if (call !== undefined) events.push({ type: "outcome", call, outcome });
  else if (!outcome.ok) events.push({ type: "log", text: `${title}: ${outcome.reason}` });
}
