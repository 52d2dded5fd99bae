import fc from "fast-check";
import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { isName } from "../../src/message/index.ts";
import { settingsOf } from "../devices/settings.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";
import { isPolled } from "../support/conversation.ts";
import { seeded } from "../support/random.ts";
import { STILL_CLOCK } from "../support/still-clock.ts";

/**
 * What holds for every driver of a device that speaks by itself, whatever comes down the wire. Its simulator gives the
 * frames. polled-drivers.test.ts is for the others.
 */
const loaded = await Promise.all(
  Object.values(DRIVERS).map(async (load) => (await load()) as unknown as Driver<unknown>),
);
const drivers = loaded.filter((driver) => !isPolled(driver, settingsOf(driver)));

interface Subject {
  readonly driver: Driver<unknown>;
  readonly settings: unknown;
  /** Whole bursts, without the first, which is cut. */
  readonly bursts: readonly Buffer[];
  /** The readings that are in the bursts, as JSON. */
  readonly readings: ReadonlySet<string>;
}

function subjectOf(driver: Driver<unknown>): Subject {
  const settings = settingsOf(driver);
  const simulator = driver.simulate(settings, seeded(11));
  simulator.step();
  const bursts = Array.from({ length: 12 }, () => Buffer.from(simulator.step().bytes));
  const session = driver.open(settings, STILL_CLOCK);
  return {
    driver,
    settings,
    bursts,
    readings: new Set(bursts.flatMap((burst) => readings(session.push(burst)))),
  };
}

function readings(events: readonly DriverEvent[]): string[] {
  return events.flatMap((event) => (event.type === "reading" ? [JSON.stringify(event.values)] : []));
}

function decode({ driver, settings }: Subject, chunks: Iterable<Uint8Array>): DriverEvent[] {
  const session = driver.open(settings, STILL_CLOCK);
  const events: DriverEvent[] = [];
  for (const chunk of chunks) events.push(...session.push(chunk));
  return events;
}

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
/** More than the longest frame that a header can promise. */
const LINE_GOES_ON = Buffer.alloc(8_192, "\n");
/** Nothing that a person would read as text, but line ends. */
const garbage = bytes.map(
  (one) => one.map((byte) => (byte >= 0x20 && byte < 0x7f ? byte | 0x80 : byte)) as Buffer,
);

for (const driver of drivers) {
  const subject = subjectOf(driver);
  const burst = fc.constantFrom(...subject.bursts);
  const cut = fc
    .tuple(burst, fc.nat(), fc.nat())
    .map(([whole, from, to]) => whole.subarray(from % whole.length, to % whole.length));
  const stream = fc
    .array(fc.oneof(burst, cut, bytes), { maxLength: 8 })
    .map((pieces) => Buffer.concat(pieces));

  t.test(`${driver.name}: any chunking gives the same events`, async () => {
    fc.assert(
      fc.property(
        stream,
        chunkSizes,
        (sent, sizes) =>
          JSON.stringify(decode(subject, [sent])) === JSON.stringify(decode(subject, chunked(sent, sizes))),
      ),
      { numRuns: 500 },
    );
  });

  t.test(`${driver.name}: garbage and cut frames never make a reading that was not sent`, async () => {
    // Two cut lines of a protocol without a checksum may make a whole one; a cut and a whole one never do.
    const cutOff = fc.tuple(cut, burst).map((pair) => Buffer.concat(pair));
    const parts = fc.array(fc.oneof(burst, cutOff, garbage), { maxLength: 10 });
    fc.assert(
      fc.property(parts, chunkSizes, (pieces, sizes) =>
        readings(decode(subject, chunked(Buffer.concat(pieces), sizes))).every((one) =>
          subject.readings.has(one),
        ),
      ),
      { numRuns: 1_000 },
    );
  });

  t.test(
    `${driver.name}: garbage between bursts costs no reading but that of the line it is glued to`,
    async () => {
      fc.assert(
        fc.property(fc.array(garbage, { minLength: 2, maxLength: 6 }), chunkSizes, (pieces, sizes) => {
          // A line's end after the garbage, as it ends sooner or later; to a binary protocol that is garbage too.
          const sent = pieces.flatMap((piece) => [
            piece,
            Buffer.from("\n"),
            subject.bursts[0] ?? Buffer.of(),
          ]);
          // Garbage may begin like a frame and name a length, which is waited for: the readings come then.
          sent.push(LINE_GOES_ON);
          const one = readings(decode(subject, [subject.bursts[0] ?? Buffer.of()]));
          const found = readings(decode(subject, chunked(Buffer.concat(sent), sizes)));
          return JSON.stringify(found) === JSON.stringify(pieces.flatMap(() => one));
        }),
        { numRuns: 500 },
      );
    },
  );

  t.test(`${driver.name}: no bytes are discarded that did not come`, async () => {
    fc.assert(
      fc.property(stream, chunkSizes, (sent, sizes) => {
        const discarded = decode(subject, chunked(sent, sizes)).reduce(
          (sum, event) => sum + (event.type === "discard" ? event.bytes : 0),
          0,
        );
        return discarded <= sent.length;
      }),
      { numRuns: 500 },
    );
  });

  t.test(`${driver.name}: anything at all throws nothing and names nothing badly`, async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 80 }).map((line) => Buffer.from(`${line}\n`));
    fc.assert(
      fc.property(fc.array(fc.oneof(text, bytes, burst), { maxLength: 10 }), (pieces) => {
        const session = driver.open(subject.settings, STILL_CLOCK);
        for (const piece of pieces) {
          session.wake?.();
          for (const event of session.push(piece))
            if (event.type === "reading" && !Object.entries(event.values).every(isSound)) return false;
        }
        return true;
      }),
      { numRuns: 1_000 },
    );
  });

  t.test(`${driver.name}: a simulator takes anything`, async () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(bytes, burst), { maxLength: 10 }), (pieces) => {
        const simulator = driver.simulate(subject.settings, seeded(1));
        for (const piece of pieces) simulator.receive(piece);
        return simulator.step().afterMs > 0;
      }),
    );
  });
}

function isSound([name, value]: readonly [string, unknown]): boolean {
  return (
    isName(name) && (value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value))
  );
}
