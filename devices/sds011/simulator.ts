import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import {
  ANY_SENSOR,
  idOf,
  ORDER_FRAMES,
  ORDERS,
  SET,
  writeAnswer,
  writeCoarse,
  writeData,
  type Model,
} from "./protocol.ts";

const INTERVAL_MS = 1_000;
/** Of the control protocol's examples. */
const USUAL_ID = "A160";
const FIRMWARE = [15, 7, 10] as const;
/** Where an order to change the id has the new one. */
const NEW_ID_AT = 13;
/** Of the first frame, which is cut as on a port that is opened while the sensor is sending. */
const CUT_BYTES = 4;

/** A sensor in a street where a lorry passes now and then. One frame a second; it obeys every order, and answers as its manual says. */
export class SdsSimulator implements Simulator {
  readonly #model: Model;
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  #id: string;
  #isAsleep = false;
  #isPassive = false;
  #periodMinutes = 0;
  #started = false;
  /** Mass of particles up to 2.5 um, ug/m3. */
  #dust = 9;

  constructor(model: Model, id: string, random: () => number) {
    this.#model = model;
    this.#id = id.toUpperCase() === ANY_SENSOR ? USUAL_ID : id.toUpperCase();
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const lorry = this.#random() < 0.02 ? 15 : 0;
    this.#dust = Math.max(2, this.#dust * 0.98 + this.#random() * 0.4 + lorry);
    const bytes = this.#isAsleep || this.#isPassive ? Buffer.alloc(0) : this.#data();
    const cut = this.#started ? 0 : CUT_BYTES;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const orders = this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(orders.map((order) => this.#obey(order)));
  }

  /** Asleep, it hears nothing but what wakes it. */
  #obey(order: Buffer): Buffer {
    const id = idOf(order);
    const [, , name = 0, way = 0, value = 0] = order;
    const isAwakening = name === ORDERS.power && way === SET && value === 1;
    if ((id !== ANY_SENSOR && id !== this.#id) || (this.#isAsleep && !isAwakening)) return Buffer.alloc(0);
    switch (name) {
      case ORDERS.query:
        return this.#data();
      case ORDERS.firmware:
        return writeAnswer([name, ...FIRMWARE], this.#id);
      case ORDERS.id:
        this.#id = order.toString("hex", NEW_ID_AT, NEW_ID_AT + 2).toUpperCase();
        return writeAnswer([name], this.#id);
      case ORDERS.reporting:
      case ORDERS.power:
      case ORDERS.period:
        return writeAnswer([name, way, this.#set(name, way === SET ? value : undefined)], this.#id);
      default:
        return Buffer.alloc(0);
    }
  }

  /** @returns what it is set to afterwards */
  #set(order: number, value: number | undefined): number {
    if (order === ORDERS.reporting) {
      if (value !== undefined) this.#isPassive = value === 1;
      return Number(this.#isPassive);
    }
    if (order === ORDERS.power) {
      if (value !== undefined) this.#isAsleep = value === 0;
      return Number(!this.#isAsleep);
    }
    // Minutes are too long for a simulation: it keeps the period and goes on measuring.
    if (value !== undefined) this.#periodMinutes = value;
    return this.#periodMinutes;
  }

  #data(): Buffer {
    if (this.#model === "sds198") return writeCoarse(Math.round(this.#dust * 4), this.#id);
    const tenths = { pm2_5: Math.round(this.#dust * 10), pm10: Math.round(this.#dust * 16) };
    return writeData(tenths, this.#id);
  }
}
