import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import {
  MODELS,
  ORDER_FRAMES,
  ORDERS,
  writeAuto,
  writeCoefficient,
  writeDone,
  writeMeasurement,
  type Field,
  type Model,
} from "./protocol.ts";

const INTERVAL_MS = 1_000;
const USUAL_COEFFICIENT = 100;
/** Of the first frame, which is cut as on a port that is opened while the sensor is sending. */
const CUT_BYTES = 5;
/** What a metric is per ug/m3 of fine dust. */
const SHARES: Readonly<Record<Field, number>> = { pm1: 0.7, pm2_5: 1, pm4: 1.2, pm10: 1.4 };

/** A sensor in a workshop in which somebody saws now and then. One frame a second; it obeys every order and answers as its data sheet says. */
export class HpmSimulator implements Simulator {
  readonly #model: Model;
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  #measures = true;
  #sends = true;
  #coefficient = USUAL_COEFFICIENT;
  #started = false;
  /** Mass of particles up to 2.5 um, ug/m3. */
  #dust = 12;

  constructor(model: Model, random: () => number) {
    this.#model = model;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const saw = this.#random() < 0.02 ? 60 : 0;
    this.#dust = Math.max(3, this.#dust * 0.97 + this.#random() * 0.7 + saw);
    const bytes = this.#measures && this.#sends ? writeAuto(this.#model, this.#values()) : Buffer.alloc(0);
    const cut = this.#started ? 0 : CUT_BYTES;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const orders = this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(orders.map((order) => this.#obey(order[2] ?? 0, order[3] ?? 0)));
  }

  #obey(order: number, data: number): Buffer {
    switch (order) {
      case ORDERS.read:
        return this.#measures ? writeMeasurement(this.#model, this.#values()) : writeDone(false);
      case ORDERS.coefficient:
        return writeCoefficient(this.#coefficient);
      case ORDERS.adjust:
        if (data < 30 || data > 200) return writeDone(false);
        this.#coefficient = data;
        return writeDone(true);
      case ORDERS.start:
      case ORDERS.stop:
        this.#measures = order === ORDERS.start;
        return writeDone(true);
      case ORDERS.auto_on:
      case ORDERS.auto_off:
        this.#sends = order === ORDERS.auto_on;
        return writeDone(true);
      default:
        return Buffer.alloc(0);
    }
  }

  #values(): number[] {
    const dust = (this.#dust * this.#coefficient) / USUAL_COEFFICIENT;
    return MODELS[this.#model].fields.map((field) => Math.round(dust * SHARES[field]));
  }
}
