import { DunlinError, messageOf } from "../base/index.ts";
import type { DiscardReason, DriverEvent, Session, SessionClock } from "../device/index.ts";
import type { Metrics, Values } from "../message/index.ts";
import type { RecordedItem } from "../serial/index.ts";
import type { DriverChoice } from "./driver-choice.ts";

export type Decoded =
  | { readonly kind: "reading"; readonly ms: number; readonly values: Values }
  | { readonly kind: "log"; readonly ms: number; readonly text: string };

/** What became of a recording's bytes. */
export interface DecodedSummary {
  readonly kind: "summary";
  readonly ms: number;
  readonly bytes: number;
  readonly readings: number;
  readonly discarded: Partial<Record<DiscardReason, { readonly count: number; readonly bytes: number }>>;
}

/** A driver that asks to be woken again and again is not followed through hours in which nothing came. */
const MAX_WAKES = 1_000;

/** Runs a driver on a recording as a device would, with the recording's clock for the time: as fast as it goes, and the same each time. */
export class RecordingDecoder {
  readonly #choice: DriverChoice;
  readonly #discarded: Partial<Record<DiscardReason, { count: number; bytes: number }>> = {};
  #metrics: Metrics;
  #session: Session | undefined;
  #ms = 0;
  #wakeMs: number | undefined;
  #bytes = 0;
  #readings = 0;
  /** The recording's time, so that what a driver makes of it is the same each time. */
  readonly #clock: SessionClock = {
    nowMs: () => this.#ms,
    nowUs: () => this.#ms * 1_000,
    quality: "unsynced",
  };

  constructor(choice: DriverChoice) {
    this.#choice = choice;
    this.#metrics = choice.driver.describe(choice.settings).metrics;
  }

  /** What the driver and the device have told so far. */
  get metrics(): Metrics {
    return this.#metrics;
  }

  get summary(): DecodedSummary {
    return {
      kind: "summary",
      ms: this.#ms,
      bytes: this.#bytes,
      readings: this.#readings,
      discarded: this.#discarded,
    };
  }

  /** @throws DunlinError `driver-failed` */
  take(item: RecordedItem): Decoded[] {
    const decoded = this.#session ? this.#wakeUntil(item.atMs) : [];
    this.#ms = item.atMs;
    if (item.kind === "gap") {
      this.#session = undefined;
      return decoded;
    }
    if (item.direction === ">") return decoded;
    this.#bytes += item.bytes.length;
    return [...decoded, ...this.#open(), ...this.#drive((session) => session.push(item.bytes))];
  }

  /** A session of its own after each gap, as in an agent. */
  #open(): Decoded[] {
    if (this.#session) return [];
    const { driver, settings } = this.#choice;
    this.#wakeMs = undefined;
    this.#session = driver.open(settings, this.#clock);
    return this.#drive((session) => session.start?.() ?? []);
  }

  #wakeUntil(ms: number): Decoded[] {
    const decoded: Decoded[] = [];
    for (let i = 0; i < MAX_WAKES && this.#wakeMs !== undefined && this.#wakeMs <= ms; i++) {
      this.#ms = this.#wakeMs;
      this.#wakeMs = undefined;
      decoded.push(...this.#drive((session) => session.wake?.() ?? []));
    }
    return decoded;
  }

  #drive(step: (session: Session) => readonly DriverEvent[]): Decoded[] {
    try {
      const events = this.#session ? step(this.#session) : [];
      return events.flatMap((event) => this.#act(event));
    } catch (cause) {
      const text = `the driver ${this.#choice.driver.name} failed at ${this.#ms} ms: ${messageOf(cause)}`;
      throw new DunlinError("driver-failed", text, { cause });
    }
  }

  /** What is written goes nowhere: the device of a recording does not hear. */
  #act(event: DriverEvent): Decoded[] {
    switch (event.type) {
      case "reading":
        this.#readings++;
        return [{ kind: "reading", ms: this.#ms, values: event.values }];
      case "log":
        return [{ kind: "log", ms: this.#ms, text: event.text }];
      case "discard": {
        const { count, bytes } = this.#discarded[event.reason] ?? { count: 0, bytes: 0 };
        this.#discarded[event.reason] = { count: count + 1, bytes: bytes + event.bytes };
        return [];
      }
      case "describe":
        this.#metrics = { ...(event.replaces ? {} : this.#metrics), ...event.metrics };
        return [];
      case "wake":
        this.#wakeMs = this.#ms + event.afterMs;
        return [];
      default:
        return [];
    }
  }
}
