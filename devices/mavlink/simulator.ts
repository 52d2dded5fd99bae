import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { Fields, type RawFields } from "./fields.ts";
import { messageWithId } from "./messages.ts";
import { MAVLINK_FRAMES, packetOf } from "./protocol.ts";
import { Sender } from "./sender.ts";
import { simulated, type Flight } from "./simulated-messages.ts";

/** The id of a vehicle that nobody has given another. */
const DEFAULT_SYSTEM = 1;
const AUTOPILOT = 1;
const ACCEPTED = 0;
const DENIED = 2;
const UNSUPPORTED = 3;
const SET_MESSAGE_INTERVAL = 511;
const REQUEST_MESSAGE = 512;
const HEARTBEAT = 0;
/** Vehicles limit what they are asked for; this one to 50 a second. */
const LEAST_INTERVAL_MS = 20;

/** Parameters of this vehicle, all of MAV_PARAM_TYPE_REAL32. */
const PARAMETERS: Readonly<Record<string, number>> = { BATT_CAPACITY: 5_200, SERIAL1_BAUD: 57 };
const REAL32 = 9;

/**
 * A quadrotor of ArduPilot's that stands on its field, with a heartbeat each second and its battery every two; the rest
 * is sent when it is asked for. The first message is cut, as on a port that is opened while it is talking.
 */
export class MavlinkSimulator implements Simulator {
  readonly #system: number;
  readonly #sender: Sender;
  readonly #requests = new FrameScanner(...MAVLINK_FRAMES);
  readonly #flight: Flight;
  /** By message id: how often it is sent, and when next, ms since the start. */
  readonly #streams = new Map<number, { intervalMs: number; dueMs: number }>([
    [HEARTBEAT, { intervalMs: 1_000, dueMs: 0 }],
    [147, { intervalMs: 2_000, dueMs: 0 }],
  ]);
  #nowMs = 0;

  /** @param system its id, 0 for the one that vehicles are delivered with */
  constructor(system: number, random: () => number) {
    this.#system = system || DEFAULT_SYSTEM;
    this.#sender = new Sender({ version: 2, system: this.#system, component: AUTOPILOT });
    this.#flight = { random, uptimeMs: 60_000, batteryV: 16.2 };
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const isFirst = this.#nowMs === 0;
    const due = [...this.#streams].filter(([, { dueMs }]) => dueMs <= this.#nowMs);
    const bytes = Buffer.concat(due.map(([id]) => this.#write(id)));
    for (const [, stream] of due) stream.dueMs = this.#nowMs + stream.intervalMs;
    const nextMs = Math.min(...[...this.#streams.values()].map(({ dueMs }) => dueMs));
    const afterMs = Math.max(1, nextMs - this.#nowMs);
    this.#nowMs += afterMs;
    this.#flight.uptimeMs += afterMs;
    this.#flight.batteryV = Math.max(12, this.#flight.batteryV - afterMs * 1e-7);
    return { bytes: isFirst ? bytes.subarray(4) : bytes, afterMs };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const answers = this.#requests.push(bytes).map((item) => {
      if (item.type === "discard") return Buffer.alloc(0);
      const { id, payload } = packetOf(item.bytes);
      const message = messageWithId(id);
      return message ? this.#answer(message.name, new Fields(message.layout, payload)) : Buffer.alloc(0);
    });
    return Buffer.concat(answers);
  }

  #answer(name: string, fields: Fields): Buffer {
    const target = fields.number("target_system");
    if (target !== 0 && target !== this.#system) return Buffer.alloc(0);
    if (name === "PARAM_REQUEST_READ") return this.#parameter(fields.text("param_id"));
    return name === "COMMAND_LONG" ? this.#command(fields) : Buffer.alloc(0);
  }

  /** One that there is not is not answered. */
  #parameter(name: string): Buffer {
    const value = PARAMETERS[name];
    if (value === undefined) return Buffer.alloc(0);
    const names = Object.keys(PARAMETERS);
    return this.#sender.write("PARAM_VALUE", {
      param_id: name,
      param_value: value,
      param_type: REAL32,
      param_count: names.length,
      param_index: names.indexOf(name),
    });
  }

  #command(fields: Fields): Buffer {
    const command = fields.number("command");
    const id = fields.number("param1");
    const isKnown = simulated(id, this.#flight) !== undefined;
    if (command === REQUEST_MESSAGE && isKnown)
      return Buffer.concat([this.#acknowledge(command, ACCEPTED), this.#write(id)]);
    if (command === SET_MESSAGE_INTERVAL && isKnown)
      return this.#acknowledge(command, this.#setInterval(id, fields.number("param2") / 1_000));
    const isAsked = command === REQUEST_MESSAGE || command === SET_MESSAGE_INTERVAL;
    return this.#acknowledge(command, isAsked ? DENIED : UNSUPPORTED);
  }

  #setInterval(id: number, intervalMs: number): number {
    if (!Number.isFinite(intervalMs)) return DENIED;
    if (intervalMs < 0 && id !== HEARTBEAT) this.#streams.delete(id);
    else {
      const bounded = Math.max(LEAST_INTERVAL_MS, intervalMs < 0 ? 1_000 : intervalMs);
      this.#streams.set(id, { intervalMs: bounded, dueMs: this.#nowMs });
    }
    return ACCEPTED;
  }

  #acknowledge(command: number, result: number): Buffer {
    return this.#sender.write("COMMAND_ACK", { command, result });
  }

  #write(id: number): Buffer {
    const message = messageWithId(id);
    const fields: RawFields = simulated(id, this.#flight) ?? {};
    return message ? this.#sender.write(message.name, fields) : Buffer.alloc(0);
  }
}
