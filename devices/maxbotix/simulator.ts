import type { Simulator } from "../../src/device/index.ts";
import { writeRange, type Family } from "./protocol.ts";

/** As sensors that filter do, but without their slowness. */
const STEP_MS = 150;
const NEAREST_MM = 1_200;
const FURTHEST_MM = 2_400;
/** In every so many steps nothing is within reach: a tree sways out of the beam. */
const NONE_EVERY_STEPS = 9;
/** Of the first line, which is cut as on a port that is opened while the sensor is sending. */
const CUT_BYTES = 2;

/** A sensor over a river whose level rises and falls. It hears nothing. */
export class SonarSimulator implements Simulator {
  readonly #family: Family;
  readonly #random: () => number;
  #distanceMm = 1_800;
  #steps = 0;

  constructor(family: Family, random: () => number) {
    this.#family = family;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const isNone = this.#steps % NONE_EVERY_STEPS === NONE_EVERY_STEPS - 1;
    const drift = (this.#random() - 0.5) * 30;
    this.#distanceMm = Math.min(FURTHEST_MM, Math.max(NEAREST_MM, this.#distanceMm + drift));
    const steps = isNone ? this.#family.most : Math.round(this.#distanceMm / this.#family.stepMm);
    const cut = this.#steps === 0 ? CUT_BYTES : 0;
    this.#steps++;
    return { bytes: Buffer.from(writeRange(this.#family, steps)).subarray(cut), afterMs: STEP_MS };
  }

  receive(): Uint8Array {
    return Buffer.alloc(0);
  }
}
