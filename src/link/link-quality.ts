import type { Pong } from "./messages.ts";
import { distance } from "./sequence.ts";

/** The device's counts go on from 0 after so many. */
const COUNTS = 0x1_0000;
/** A leap by more is a counter that has begun anew. */
const MAX_GAP = 128;

/** How the link is; counts are since it was opened, on both ends. */
export interface LinkQuality {
  /** Of the pongs since the last time, ms. */
  readonly rttMs: number | null;
  /** Share of the device's plain frames since the last time that did not come: 0 to 1. */
  readonly loss: number | null;
  readonly retransmits: number;
  readonly badFrames: number;
  /** Readings and log lines that the device, or the host before it knew the device, had no room for. */
  readonly dropped: number;
}

type Told = Pick<Pong, "badFrames" | "retransmits" | "dropped">;
const NOTHING: Told = { badFrames: 0, retransmits: 0, dropped: 0 };

/** Measures the link. */
export class QualityMeter {
  readonly #counts = { badFrames: 0, retransmits: 0, dropped: 0 };
  #told: Told | undefined;
  #rttsMs: number[] = [];
  #seq: number | undefined;
  #came = 0;
  #lost = 0;

  count(what: keyof Told): void {
    this.#counts[what]++;
  }

  /** What the device counts since its start; what it had counted before the link was opened is not this link's. */
  pong(told: Told, rttMs: number | undefined): void {
    for (const what of ["badFrames", "retransmits", "dropped"] as const)
      this.#counts[what] += this.#told ? (told[what] - this.#told[what] + COUNTS) % COUNTS : 0;
    this.#told = told;
    if (rttMs !== undefined) this.#rttsMs.push(rttMs);
  }

  /** A session begins: frames before it did not count. */
  begin(): void {
    this.#seq = undefined;
  }

  /** The device counts from 0 again. */
  reset(): void {
    this.#told = NOTHING;
    this.#seq = undefined;
  }

  /** A plain frame with this number has come. */
  heard(seq: number): void {
    const gap = this.#seq === undefined ? 0 : distance(this.#seq, seq) - 1;
    this.#seq = seq;
    this.#came++;
    if (gap > 0 && gap < MAX_GAP) this.#lost += gap;
  }

  /** Begins to measure anew. */
  take(): LinkQuality {
    const rtts = this.#rttsMs;
    const frames = this.#came + this.#lost;
    const quality = {
      rttMs: rtts.length === 0 ? null : rtts.reduce((sum, ms) => sum + ms, 0) / rtts.length,
      loss: frames === 0 ? null : this.#lost / frames,
      ...this.#counts,
    };
    this.#rttsMs = [];
    this.#came = this.#lost = 0;
    return quality;
  }
}
