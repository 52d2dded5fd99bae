import { FrameScanner } from "../../src/codec/index.ts";
import type { Simulator } from "../../src/device/index.ts";
import { ORDER_FRAMES, ORDERS, writeAnswer, writeData } from "./protocol.ts";
import { MODELS, type Field, type Fields, type Model } from "./values.table.ts";

const INTERVAL_MS = 1_000;
/** Frames of zeros after the fan has started; a real sensor takes longer. */
const WARM_UP_FRAMES = 3;
const FIRMWARE = 0x97;

/**
 * A sensor in a room where somebody cooks now and then. Its first frame is cut, as on a port that is opened while the
 * sensor is sending. It sleeps, wakes, and changes between active and passive mode as it is told, and answers as real ones do: wake is not answered.
 */
export class PmsSimulator implements Simulator {
  readonly #model: Model;
  readonly #random: () => number;
  readonly #orders = new FrameScanner(ORDER_FRAMES);
  #asleep = false;
  #passive = false;
  #started = false;
  #warmingUp = 0;
  /** Mass of particles up to 2.5 um, ug/m3. */
  #dust = 8;

  constructor(model: Model, random: () => number) {
    this.#model = model;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#drift();
    const bytes = this.#asleep || this.#passive ? Buffer.alloc(0) : this.#data();
    const cut = this.#started ? 0 : 8;
    this.#started = true;
    return { bytes: bytes.subarray(cut), afterMs: INTERVAL_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const orders = this.#orders.push(bytes).filter((item) => item.type === "frame");
    return Buffer.concat(orders.map((order) => this.#obey(order.bytes[2] ?? 0, order.bytes[4] ?? 0)));
  }

  #obey(command: number, value: number): Buffer {
    if (command === ORDERS.wake.command && value === ORDERS.wake.value) return this.#wakeUp();
    // Asleep, it hears nothing but wake.
    if (this.#asleep) return Buffer.alloc(0);
    if (command === ORDERS.read.command) return this.#data();
    if (command === ORDERS.sleep.command) this.#asleep = true;
    if (command === ORDERS.active.command) this.#passive = value === ORDERS.passive.value;
    return writeAnswer(command, value);
  }

  /** It comes back in active mode, whatever it was in before. */
  #wakeUp(): Buffer {
    this.#asleep = this.#passive = false;
    this.#warmingUp = WARM_UP_FRAMES;
    return Buffer.alloc(0);
  }

  #drift(): void {
    const plume = this.#random() < 0.01 ? 40 : 0;
    this.#dust = Math.max(2, this.#dust * 0.98 + this.#random() * 0.4 + plume);
  }

  #data(): Buffer {
    const { words, fields } = MODELS[this.#model];
    const frame = Array.from({ length: words }, () => 0);
    const warm = this.#warmingUp === 0;
    this.#warmingUp = Math.max(0, this.#warmingUp - 1);
    for (const [name, field] of Object.entries(fields as Fields))
      if (warm || field.byte) frame[field.word] = (frame[field.word] ?? 0) + this.#word(name, field);
    return writeData(frame);
  }

  #word(name: string, { step = 1, byte }: Field): number {
    if (byte) return byte === "high" ? FIRMWARE << 8 : 0;
    const { typical, followsDust } = SHARES[name] ?? { typical: 0 };
    return Math.round((followsDust ? typical * this.#dust : typical) / step);
  }
}

const dust = (typical: number): { typical: number; followsDust: true } => ({ typical, followsDust: true });

/** What a metric is per ug/m3 of fine dust, or always. */
const SHARES: Readonly<Record<string, { readonly typical: number; readonly followsDust?: true }>> = {
  pm1_cf1: dust(0.7),
  pm2_5_cf1: dust(1),
  pm10_cf1: dust(1.1),
  pm1: dust(0.7),
  pm2_5: dust(1),
  pm10: dust(1.1),
  particles_0_3: dust(190),
  particles_0_5: dust(55),
  particles_1_0: dust(9),
  particles_2_5: dust(1),
  particles_5_0: dust(0.3),
  particles_10: dust(0.1),
  formaldehyde: { typical: 0.012 },
  temperature: { typical: 22.5 },
  humidity: { typical: 45 },
};
