/** A distance in an intact frame: mm, or null for none. */
export type Distance = number | null;

/** What comes of a frame: it is believed, or it was noise. */
export type Verdict = { readonly distance: Distance } | "refused";

/** Further than that from one frame to the next, mm, nothing moves that is measured like this. */
const NEAR_MM = 250;

interface Held {
  readonly distance: Distance;
  /** The frame before it, without a byte between, was believed. */
  readonly touches: boolean;
}

/**
 * A frame of four bytes has a head of one and a sum of one: in noise, as from a line that is not connected, something like it
 * turns up every few minutes at 9600 baud. So a frame is believed if two things speak for it:
 *
 * - the frame before it touches it, and was believed;
 * - the frame after it touches it;
 * - one of them tells of nearly the same distance, or of none.
 *
 * Or if the line falls silent after it, as it does after every frame. What cannot be believed at once is held until then.
 *
 *   frame ──two witnesses──► believed
 *     └──► held ──frame with the second witness, silence──► believed
 *             └──other bytes──► refused
 */
export class Witnesses {
  #held: Held | undefined;
  /** The last frame was believed, and nothing but frames has come since. */
  #touches = false;
  /** The last distance since then that was one, mm. */
  #last: number | undefined;

  /** A frame is held: tell of the silence after it. */
  get isWaiting(): boolean {
    return this.#held !== undefined;
  }

  /** An intact frame. @returns what has come of the one that was held, and of this one */
  frame(distance: Distance): Verdict[] {
    const verdicts: Verdict[] = [];
    const held = this.#held;
    this.#held = undefined;
    if (held && (held.touches || isNear(held.distance, distance))) this.#believe(held.distance, verdicts);
    else if (held) verdicts.push(this.#refuse());
    if (this.#touches && this.#isLikeLast(distance)) this.#believe(distance, verdicts);
    else this.#held = { distance, touches: this.#touches };
    return verdicts;
  }

  /** Bytes that are no frame. */
  other(): Verdict[] {
    const held = this.#held;
    this.#held = undefined;
    const verdict = this.#refuse();
    return held ? [verdict] : [];
  }

  silence(): Verdict[] {
    const verdicts: Verdict[] = [];
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#believe(held.distance, verdicts);
    return verdicts;
  }

  #believe(distance: Distance, verdicts: Verdict[]): void {
    this.#touches = true;
    this.#last = distance ?? this.#last;
    verdicts.push({ distance });
  }

  #refuse(): Verdict {
    this.#touches = false;
    this.#last = undefined;
    return "refused";
  }

  #isLikeLast(distance: Distance): boolean {
    return distance === null || (this.#last !== undefined && isNear(distance, this.#last));
  }
}

function isNear(one: Distance, other: Distance): boolean {
  return one === null || other === null || Math.abs(one - other) <= NEAR_MM;
}
