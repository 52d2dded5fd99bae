import fc from "fast-check";
import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { settingsOf } from "../devices/settings.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";
import { converse, isPolled } from "../support/conversation.ts";

/** What holds for every driver that asks its device, whatever comes down the wire beside the answers. */
const READINGS = 5;
const RUNS = 100;

const loaded = await Promise.all(
  Object.values(DRIVERS).map(async (load) => (await load()) as unknown as Driver<unknown>),
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

for (const driver of loaded) {
  const settings = settingsOf(driver);
  if (!isPolled(driver, settings)) continue;
  const wanted = readings(converse(driver, settings, { readings: READINGS }));

  t.test(`${driver.name}: answers in any chunking give the same readings`, async (t) => {
    t.equal(wanted.length, READINGS);
    fc.assert(
      fc.property(chunkSizes, (sizes) => {
        const deliver = (answer: Buffer): Iterable<Uint8Array> => chunked(answer, sizes);
        return same(readings(converse(driver, settings, { readings: READINGS, deliver })), wanted);
      }),
      { numRuns: RUNS },
    );
  });

  t.test(
    `${driver.name}: zeros before and after an answer, as an RS-485 bus has them, harm nothing`,
    async () => {
      fc.assert(
        fc.property(fc.nat(3), fc.nat(3), chunkSizes, (before, after, sizes) => {
          const deliver = (answer: Buffer): Iterable<Uint8Array> =>
            chunked(Buffer.concat([Buffer.alloc(before), answer, Buffer.alloc(after)]), sizes);
          return same(readings(converse(driver, settings, { readings: READINGS, deliver })), wanted);
        }),
        { numRuns: RUNS },
      );
    },
  );

  t.test(`${driver.name}: a damaged or cut answer never makes a reading that was not sent`, async () => {
    // The simulators wander: a number of another poll is not this one's. Only what is whole may be in a reading.
    const damage = fc.record({ at: fc.nat(), bit: fc.nat(7), cut: fc.boolean(), which: fc.nat(3) });
    fc.assert(
      fc.property(damage, bytes, ({ at, bit, cut, which }, noise) => {
        let count = 0;
        const deliver = (answer: Buffer): Uint8Array[] => {
          if (count++ % 4 !== which) return [answer];
          if (cut) return [answer.subarray(0, at % answer.length)];
          const other = Buffer.from(answer);
          other[at % other.length] = (other[at % other.length] ?? 0) ^ (1 << bit);
          return [noise, other];
        };
        const events = converse(driver, settings, { readings: 2, deliver });
        return events.every((event) => event.type !== "reading" || isSound(event));
      }),
      { numRuns: RUNS },
    );
  });

  t.test(`${driver.name}: anything at all as an answer throws nothing`, async () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 6 }), (pieces) => {
        let at = 0;
        const deliver = (answer: Buffer): Uint8Array[] => {
          at++;
          return at % 3 === 0 ? [answer] : [pieces[at % pieces.length] ?? answer];
        };
        converse(driver, settings, { readings: 2, deliver });
        return true;
      }),
      { numRuns: RUNS },
    );
  });
}

function readings(events: readonly DriverEvent[]): string[] {
  return events.flatMap((event) => (event.type === "reading" ? [JSON.stringify(event.values)] : []));
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

function isSound({ values }: Extract<DriverEvent, { type: "reading" }>): boolean {
  return Object.values(values).every(
    (value) => value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value),
  );
}
