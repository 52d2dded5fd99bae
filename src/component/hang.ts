import { cpuTimeMs } from "./cpu-time.ts";

/** A component that has missed a beat is watched from here on, ms of silence. */
const WATCH_AFTER_MS = 400;
/** One that says nothing for this long while it burns CPU is spinning: it will not come back by itself. */
export const SPINNING_MS = 1_000;
/** One that says nothing for this long is lost, even if it only waits: for a disk, a stopped process, a starved host. */
export const SILENT_MS = 3_000;
/** Share of one core during the silence above which it counts as spinning. */
const SPINNING_SHARE = 0.6;

/** One that has only just come may load and open things for this long without a word: a first start from a slow card takes seconds. */
export const SETTLING_MS = 10_000;
/** Heartbeats after which a component has settled. */
export const SETTLED_BEATS = 2;
/** A look that comes this much after the last one shows that we ourselves were held up, ms. */
const LATE_MS = 500;

/** How long a component may say nothing, ms: whatever it does, and while it burns CPU. */
export interface HangLimits {
  readonly silentMs: number;
  readonly spinningMs: number;
}

const USUAL: HangLimits = { silentMs: SILENT_MS, spinningMs: SPINNING_MS };

/** What is known of a component when it is looked at. */
export interface Look {
  readonly pid: number | undefined;
  /** How long nothing has been heard. */
  readonly silentMs: number;
  /** Heartbeats since its hello. */
  readonly beats: number;
  /** Monotonic. */
  readonly nowMs: number;
}

/**
 * Tells a component that spins from one that waits, so that a slow disk does not get a bridge killed after one second;
 * and its silence from our own: what came while we were held up has not been read yet.
 */
export class HangWatch {
  #watched: { readonly atMs: number; readonly cpuMs: number } | undefined;
  #lookedMs = -Infinity;
  #resumedMs = -Infinity;

  readonly #limits: HangLimits;

  constructor(limits: HangLimits = USUAL) {
    this.#limits = limits;
  }

  /** To be called several times a second. @returns why it is lost, or undefined while there is hope */
  verdict({ pid, silentMs, beats, nowMs }: Look): string | undefined {
    if (nowMs - this.#lookedMs > LATE_MS) this.#resumedMs = nowMs;
    this.#lookedMs = nowMs;
    const silence = Math.min(silentMs, nowMs - this.#resumedMs);
    if (silence < WATCH_AFTER_MS) this.#watched = undefined;
    else if (pid !== undefined && this.#watched === undefined) this.#watched = watch(pid, nowMs);
    const settled = beats >= SETTLED_BEATS;
    const limitMs = this.limitMs(beats);
    if (silence >= limitMs) return `it has said nothing for ${limitMs / 1_000} s`;
    if (settled && silence >= this.#limits.spinningMs && pid !== undefined && this.#spins(pid, nowMs))
      return "it hangs: it uses the CPU and says nothing";
    return undefined;
  }

  /** Longest silence of one that has sent so many heartbeats, ms. */
  limitMs(beats: number): number {
    const { silentMs } = this.#limits;
    return beats >= SETTLED_BEATS ? silentMs : Math.max(SETTLING_MS, silentMs);
  }

  #spins(pid: number, nowMs: number): boolean {
    const cpuMs = cpuTimeMs(pid);
    if (this.#watched === undefined || cpuMs === undefined) return false;
    return cpuMs - this.#watched.cpuMs >= (nowMs - this.#watched.atMs) * SPINNING_SHARE;
  }
}

function watch(pid: number, nowMs: number): { atMs: number; cpuMs: number } | undefined {
  const cpuMs = cpuTimeMs(pid);
  return cpuMs === undefined ? undefined : { atMs: nowMs, cpuMs };
}
