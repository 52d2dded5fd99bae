import type { Simulator } from "../../src/device/index.ts";
import { writeDistance } from "./protocol.ts";

/** Three frames of 100 ms at a time, as an adapter hands them over. */
const FRAMES_PER_STEP = 3;
const STEP_MS = 300;
const NEAREST = 2_400;
const FURTHEST = 2_900;
/** In every so many steps one echo is lost in the waves. */
const LOST_EVERY_STEPS = 8;
/** Of the first frame, which is cut as on a port that is opened while the sensor is sending. */
const CUT_BYTES = 2;

/** A sensor above the water of a tank that is filled and emptied. */
export class DistanceSimulator implements Simulator {
  readonly #random: () => number;
  #distance = 2_650;
  /** mm a frame. */
  #flow = -2;
  #steps = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const isLost = this.#steps % LOST_EVERY_STEPS === LOST_EVERY_STEPS / 2;
    const frames = Array.from({ length: FRAMES_PER_STEP }, (_, index) => {
      const distance = this.#next();
      return writeDistance(isLost && index === 1 ? null : distance);
    });
    const cut = this.#steps === 0 ? CUT_BYTES : 0;
    this.#steps++;
    return { bytes: Buffer.concat(frames).subarray(cut), afterMs: STEP_MS };
  }

  /** It has no commands. */
  receive(): Uint8Array {
    return Buffer.alloc(0);
  }

  #next(): number {
    if (this.#distance <= NEAREST || this.#random() < 0.01) this.#flow = 1 + this.#random() * 2;
    if (this.#distance >= FURTHEST) this.#flow = -1 - this.#random() * 2;
    this.#distance += this.#flow + (this.#random() - 0.5) * 4;
    return Math.round(Math.min(FURTHEST, Math.max(NEAREST, this.#distance)));
  }
}
