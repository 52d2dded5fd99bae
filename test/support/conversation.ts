import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { seeded } from "./random.ts";

export interface ConversationOptions {
  /** Ends after so many readings. */
  readonly readings: number;
  /** What becomes of bytes on their way from the simulator to the driver. Default: they come as they are. */
  readonly deliver?: (bytes: Buffer) => Iterable<Uint8Array>;
  readonly seed?: number;
}

/** A driver that never gets that far is stopped. */
const MAX_TURNS = 2_000;

/**
 * A driver and its own simulator on one line, in a time of their own: whoever waits longest is next. For drivers that ask as
 * for those that listen.
 * @returns every event of the driver's, in order
 */
export function converse(
  driver: Driver<unknown>,
  settings: unknown,
  { readings, deliver = (bytes) => [bytes], seed = 1 }: ConversationOptions,
): DriverEvent[] {
  const simulator = driver.simulate(settings, seeded(seed));
  let nowMs = 0;
  const session = driver.open(settings, {
    nowMs: () => nowMs,
    nowUs: () => nowMs * 1_000,
    quality: "synced",
  });
  const events: DriverEvent[] = [];
  let stepMs = 0;
  let wakeMs = Infinity;
  let left = readings;
  let releases = 0;
  const take = (more: readonly DriverEvent[]): void => {
    for (const event of more) {
      events.push(event);
      if (event.type === "reading") left--;
      if (event.type === "release") releases++;
      if (event.type === "wake") wakeMs = nowMs + event.afterMs;
      if (event.type === "write") answer(simulator.receive(event.bytes));
      if (event.type === "exchange") exchange(event.bytes);
    }
  };
  const answer = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    for (const chunk of deliver(Buffer.from(bytes))) take(session.push(chunk));
  };
  const exchange = (bytes: Uint8Array): void => {
    const before = releases;
    answer(simulator.receive(bytes));
    if (releases === before) take(session.expired?.() ?? []);
  };
  take(session.start?.() ?? []);
  for (let turn = 0; turn < MAX_TURNS && left > 0; turn++) {
    nowMs = Math.min(stepMs, wakeMs);
    if (wakeMs <= stepMs) {
      wakeMs = Infinity;
      take(session.wake?.() ?? []);
      continue;
    }
    const { bytes, afterMs } = simulator.step();
    stepMs = nowMs + afterMs;
    answer(bytes);
  }
  return events;
}

/** Whether the device says nothing before it is asked. */
export function isPolled(driver: Driver<unknown>, settings: unknown): boolean {
  const simulator = driver.simulate(settings, seeded(1));
  return Array.from({ length: 5 }, () => simulator.step().bytes.length).every((length) => length === 0);
}
