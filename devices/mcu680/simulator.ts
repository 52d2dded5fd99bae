import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { ORDER_FRAMES, ORDERS, writeRaw } from "./protocol.ts";

const INTERVAL_MS = 3_000;
/** Of clean air, Ohm. */
const CLEAN = 180_000;
/** Frames until Bosch's library knows the air well; a real one takes hours. */
const FRAMES_TO_LEARN = 10;
const BEST_ACCURACY = 3;
/** What the library says before. */
const UNKNOWN_IAQ = 25;
/** Of the first frame, which is cut as on a port that is opened while the module is sending. */
const CUT_BYTES = 6;

/** A module in a kitchen at 190 m. It sends every 3 s, all values always, and hears when it is to. */
export class ModuleSimulator implements Simulator {
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  #isActive = true;
  #frames = 0;
  /** Cel. */
  #temperature = 21.5;
  /** Share of the gas resistance of clean air that is left. */
  #clean = 0.9;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#temperature += (this.#random() - 0.5) * 0.1;
    const meal = this.#random() < 0.02 ? 0.4 : 1;
    this.#clean = Math.max(0.1, (this.#clean + (1 - this.#clean) * 0.01) * meal);
    const bytes = this.#isActive ? this.#frame() : Buffer.alloc(0);
    const cut = this.#frames <= 1 ? CUT_BYTES : 0;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const orders = this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(orders.map((order) => this.#obey(order[1] ?? 0, order[2] ?? 0)));
  }

  #obey(order: number, value: number): Buffer {
    const isOrder = ([known, wanted]: readonly [number, number]): boolean =>
      order === known && value === wanted;
    if (isOrder(ORDERS.active) || isOrder(ORDERS.factory_reset)) this.#isActive = true;
    if (!isOrder(ORDERS.read)) return Buffer.alloc(0);
    this.#isActive = false;
    return this.#frame();
  }

  #frame(): Buffer {
    this.#frames++;
    const accuracy = Math.min(BEST_ACCURACY, Math.floor(this.#frames / FRAMES_TO_LEARN));
    const iaq = accuracy === 0 ? UNKNOWN_IAQ : Math.round(UNKNOWN_IAQ + (1 - this.#clean) * 300);
    return writeRaw({
      temperature: Math.round(this.#temperature * 100),
      humidity: 4_250 + Math.round(this.#random() * 20),
      pressure: 99_060 + Math.round(this.#random() * 8),
      iaq: (accuracy << 12) | iaq,
      gas: Math.round(CLEAN * this.#clean),
      altitude: 190,
    });
  }
}
