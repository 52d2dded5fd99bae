import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { FORMATS } from "./commands.ts";
import { ORDER_FRAMES, ORDERS, writeData, writeOrder, type OrderName } from "./protocol.ts";
import { UNITS, type Model, type Unit } from "./readings.ts";

const STEP_MS = 100;
const USUAL_HZ = 100;
/** 3.2.1, the last part first. */
const VERSION = [1, 2, 3] as const;
const NEAREST = 900;
const FURTHEST = 4_000;
/** In every so many steps one frame has no light that came back. */
const DARK_EVERY_STEPS = 10;
const FAR_MODE = 7;
/** Of the first frame, which is cut as on a port that is opened while the lidar is sending. */
const CUT_BYTES = 3;

/** A lidar over a gate through which somebody walks now and then. It obeys every order and answers as its manual says; the first TFmini hears nothing. */
export class LidarSimulator implements Simulator {
  readonly #model: Model;
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  #unit: Unit;
  #hz = USUAL_HZ;
  #sends = true;
  #saved: { readonly unit: Unit; readonly hz: number; readonly sends: boolean };
  /** mm. */
  #distance = 3_200;
  #steps = 0;

  constructor(model: Model, unit: Unit, random: () => number) {
    this.#model = model;
    this.#unit = unit;
    this.#random = random;
    this.#saved = { unit, hz: USUAL_HZ, sends: true };
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const count = this.#sends ? Math.round((this.#hz * STEP_MS) / 1_000) : 0;
    const isDark = this.#steps % DARK_EVERY_STEPS === DARK_EVERY_STEPS / 2;
    const frames = Array.from({ length: count }, (_, index) => this.#data(isDark && index === 0));
    const cut = this.#steps === 0 ? CUT_BYTES : 0;
    this.#steps++;
    return { bytes: Buffer.concat(frames).subarray(cut), afterMs: STEP_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    if (this.#model === "tfmini") return Buffer.alloc(0);
    const orders = this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(orders.map((order) => this.#obey(order)));
  }

  #obey(order: Buffer): Buffer {
    const payload = [...order.subarray(3, -1)];
    const name = (Object.keys(ORDERS) as OrderName[]).find((one) => ORDERS[one] === order[2]);
    if (name === undefined) return Buffer.alloc(0);
    if (name === "trigger") return this.#data(false);
    if (name === "version") return writeOrder(name, VERSION);
    this.#set(name, payload);
    const isAct = name === "save" || name === "restart" || name === "factory_reset";
    return writeOrder(name, isAct ? [0] : payload);
  }

  #set(name: OrderName, [first = 0, second = 0]: readonly number[]): void {
    if (name === "rate") this.#hz = first + 256 * second;
    if (name === "unit") this.#unit = first === FORMATS.mm ? "mm" : "cm";
    if (name === "output") this.#sends = first === 1;
    if (name === "save") this.#saved = { unit: this.#unit, hz: this.#hz, sends: this.#sends };
    if (name === "factory_reset") this.#saved = { unit: "cm", hz: USUAL_HZ, sends: true };
    if (name === "restart" || name === "factory_reset")
      ({ unit: this.#unit, hz: this.#hz, sends: this.#sends } = this.#saved);
  }

  #data(isDark: boolean): Buffer {
    const drift = (this.#random() - 0.5) * 60;
    this.#distance = Math.min(FURTHEST, Math.max(NEAREST, this.#distance + drift));
    const distance = isDark ? 0 : Math.round(this.#distance / UNITS[this.#unit]);
    const strength = isDark ? 40 : 700 + Math.round(this.#random() * 900);
    // 41.5 Cel.
    return writeData({ distance, strength, temperature: this.#model === "tfmini" ? FAR_MODE : 2_380 });
  }
}
