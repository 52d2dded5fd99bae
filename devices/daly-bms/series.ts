import type { Part } from "./readings.ts";

/** What a frame of a series has led to. */
export interface Progress {
  /** Frames that belong to no whole series, this one perhaps among them. */
  readonly lost: number;
  /** All values, when their last frame has come. */
  readonly values?: readonly number[];
}

/**
 * Puts an answer of several frames together. Frames are numbered from 0 by the document and from 1 by most firmware.
 * Values of two answers are never mixed: a number that does not follow the one before it, or another answer in between,
 * ends a series. Firmware that sends 16 frames whatever the number of cells fills the rest with zeros: they are left out.
 */
export class Series {
  #next: number | undefined;
  #values: number[] = [];
  #frames = 0;
  #isWhole = false;
  /** A frame 0 has been seen: 1 is not the first. */
  #fromZero = false;

  /** @param wanted how many values there are, without the padding */
  add({ number, values }: Part, wanted: number): Progress {
    const isNext = number === this.#next;
    const isFirst = number === 0 || (number === 1 && !isNext && !this.#fromZero);
    if (number === 0) this.#fromZero = true;
    else if (number === 1 && !isNext) this.#fromZero = false;
    if (!isNext && !isFirst) return { lost: this.end() + 1 };
    const lost = isFirst ? this.end() : 0;
    this.#next = number + 1;
    if (this.#isWhole) return { lost };
    this.#values.push(...values);
    this.#frames++;
    this.#isWhole = this.#values.length >= wanted;
    return this.#isWhole ? { lost, values: this.#values.slice(0, wanted) } : { lost };
  }

  /** Another answer has come, or a frame was broken. @returns how many frames have come for nothing */
  end(): number {
    const lost = this.#isWhole ? 0 : this.#frames;
    this.#next = undefined;
    this.#values = [];
    this.#frames = 0;
    this.#isWhole = false;
    return lost;
  }
}
