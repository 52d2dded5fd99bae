/** Whether the host's wall clock is known to be set from outside. A Raspberry Pi has no battery clock: until then every message says `unsynced`. */
export type ClockQuality = "synced" | "unsynced";

/**
 * Wall-clock time that never steps while the process runs: the wall clock is read once and the monotonic clock
 * counts on from there. It is read again only when the host's clock becomes synchronised for the first time.
 */
export class Clock {
  #wallAtBaseUs: number;
  #monotonicAtBaseUs: number;
  #quality: ClockQuality = "unsynced";

  constructor() {
    this.#wallAtBaseUs = Date.now() * 1000;
    this.#monotonicAtBaseUs = monotonicUs();
  }

  get quality(): ClockQuality {
    return this.#quality;
  }

  /** {@link monotonicMs} */
  nowMs(): number {
    return monotonicMs();
  }

  /** Microseconds since 1970-01-01T00:00Z. */
  nowUs(): number {
    return Math.round(this.#wallAtBaseUs + (monotonicUs() - this.#monotonicAtBaseUs));
  }

  /** Takes over what is known of the host's clock; the step from unsynced to synced reads the wall clock anew. */
  setQuality(quality: ClockQuality): void {
    if (quality === "synced" && this.#quality === "unsynced") {
      this.#wallAtBaseUs = Date.now() * 1000;
      this.#monotonicAtBaseUs = monotonicUs();
    }
    this.#quality = quality;
  }
}

/** Milliseconds on a clock that only goes forward; for durations and time limits, never for dates. */
export function monotonicMs(): number {
  return performance.now();
}

function monotonicUs(): number {
  return performance.now() * 1000;
}
