/**
 * npm run bench:drivers [-- --short]
 *
 * How fast each driver decodes what its own simulator sends, on one core, nothing else of the agent around it. What counts is
 * the last column: how many times the rate of a line of 115200 baud that is. Below 20 it would be felt on a small machine.
 */
import { parseArgs } from "node:util";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver } from "../../src/device/index.ts";
import { settingsOf } from "../devices/settings.ts";
import { converse, isPolled } from "../support/conversation.ts";
import { seeded } from "../support/random.ts";

const { values } = parseArgs({ options: { short: { type: "boolean" } } });
const SECONDS = values.short ? 0.2 : 1;
/** 8N1: ten bits a byte. */
const LINE_BYTES_PER_SECOND = 115_200 / 10;
const LEAST = 20;
const BURSTS = 200;
/** As much as one read of a port gives. */
const CHUNK_BYTES = 4_096;

interface Rate {
  readonly bytes: number;
  readonly readings: number;
  readonly seconds: number;
}

/** A device that speaks by itself: its bytes over and over. */
function listening(driver: Driver<unknown>, settings: unknown): Rate {
  const simulator = driver.simulate(settings, seeded(1));
  const all = Buffer.concat(Array.from({ length: BURSTS }, () => Buffer.from(simulator.step().bytes)));
  const session = driver.open(settings);
  session.start?.();
  let [bytes, readings] = [0, 0];
  const startMs = performance.now();
  while (performance.now() - startMs < SECONDS * 1_000)
    for (let at = 0; at < all.length; at += CHUNK_BYTES) {
      const chunk = all.subarray(at, at + CHUNK_BYTES);
      bytes += chunk.length;
      for (const { type } of session.push(chunk)) if (type === "reading") readings++;
    }
  return { bytes, readings, seconds: (performance.now() - startMs) / 1_000 };
}

/** A device that answers: the time in which the driver looks at answers counts, and not the simulator's. */
function asking(driver: Driver<unknown>, settings: unknown): Rate {
  let [bytes, readings, tookMs] = [0, 0, 0];
  const timed: Driver<unknown> = {
    ...driver,
    open: (settings) => {
      const session = driver.open(settings);
      return {
        start: () => session.start?.() ?? [],
        wake: () => session.wake?.() ?? [],
        expired: () => session.expired?.() ?? [],
        push: (chunk) => {
          bytes += chunk.length;
          const startMs = performance.now();
          const events = session.push(chunk);
          tookMs += performance.now() - startMs;
          return events;
        },
      };
    },
  };
  for (const endMs = performance.now() + SECONDS * 1_000; performance.now() < endMs;)
    readings += converse(timed, settings, { readings: 50 }).filter(({ type }) => type === "reading").length;
  return { bytes, readings, seconds: tookMs / 1_000 };
}

const slow: string[] = [];
console.log(
  `${"driver".padEnd(16)} ${"MB/s".padStart(8)} ${"readings/s".padStart(12)} ${"× 115200".padStart(10)}`,
);
for (const [name, load] of Object.entries(DRIVERS)) {
  const driver = (await load()) as unknown as Driver<unknown>;
  const settings = settingsOf(driver);
  const measure = isPolled(driver, settings) ? asking : listening;
  // What is compiled as it runs is compiled after the first.
  measure(driver, settings);
  const { bytes, readings, seconds } = measure(driver, settings);
  const perSecond = bytes / seconds;
  const times = perSecond / LINE_BYTES_PER_SECOND;
  if (times < LEAST) slow.push(name);
  const cells = [
    (perSecond / 1e6).toFixed(2).padStart(8),
    Math.round(readings / seconds)
      .toString()
      .padStart(12),
  ];
  console.log(`${name.padEnd(16)} ${cells.join(" ")} ${times.toFixed(0).padStart(10)}`);
}
// A short run beside others is a glance, and no measurement.
if (slow.length > 0 && !values.short)
  throw new Error(`slower than ${LEAST} times the line: ${slow.join(", ")}`);
