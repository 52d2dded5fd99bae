import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { ORDER_FRAMES, ORDERS, writeRaw, writeTaken } from "./protocol.ts";

const STEP_MS = 1_000;
/** Of fresh air, ppm. */
const FRESH = 420;
const CALIBRATED = 400;
const CELSIUS_22 = 62;

/**
 * A sensor in an office in which people come and go, ppm rising and falling slowly. It says nothing unasked, tells no more
 * than its range, is calibrated as it is told, and answers orders as newer firmwares do.
 */
export class MhzSimulator implements Simulator {
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  /** In the air, ppm. */
  #co2 = 650;
  #people = 3;
  /** What the sensor is off by, ppm. */
  #offset = 0;
  #range = 5_000;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    if (this.#random() < 0.02) this.#people = Math.floor(this.#random() * 6);
    this.#co2 += this.#people * 0.4 - (this.#co2 - FRESH) * 0.001 + (this.#random() - 0.5) * 4;
    return { bytes: Buffer.alloc(0), afterMs: STEP_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const orders = this.#orders.push(bytes).flatMap((item) => (item.type === "frame" ? [item.bytes] : []));
    return Buffer.concat(orders.map((order) => this.#obey(order)));
  }

  #obey(order: Buffer): Buffer {
    const command = order[2] ?? 0;
    switch (command) {
      case ORDERS.read:
        return this.#reading();
      case ORDERS.zero:
        this.#offset = CALIBRATED - this.#co2;
        return writeTaken(command);
      case ORDERS.span:
        this.#offset = order.readUInt16BE(3) - this.#co2;
        return writeTaken(command);
      case ORDERS.range:
        this.#range = order.readUInt16BE(6);
        return writeTaken(command);
      case ORDERS.abc:
        return writeTaken(command);
      default:
        return Buffer.alloc(0);
    }
  }

  #reading(): Buffer {
    const co2 = Math.min(this.#range, Math.max(CALIBRATED, Math.round(this.#co2 + this.#offset)));
    return writeRaw({ co2, temperature: CELSIUS_22, status: 0 });
  }
}
