import t, { type Test } from "tap";
import { dsmrP1 } from "../../../devices/dsmr-p1/driver.ts";
import { readTelegram, TELEGRAMS, type Telegram } from "../../../devices/dsmr-p1/protocol.ts";
import { readTime } from "../../../devices/dsmr-p1/values.ts";
import { OBJECTS } from "../../../devices/dsmr-p1/objects.table.ts";
import { withoutUnusedGroup } from "../../../devices/iec62056-21/data-sets.ts";
import { numberOf, readQuantity } from "../../../devices/iec62056-21/quantity.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedObject {
  readonly obis: string;
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

for (const capture of capturesOf("dsmr-p1")) {
  t.test(`dsmr-p1 ${capture.name}`, async (t) => {
    const crc = capture.expected["crc"] as { readonly ok: boolean | null } | undefined;
    const wanted = (capture.expected["objects"] ?? []) as readonly ExpectedObject[];
    const events = dsmrP1.open(settingsOf(dsmrP1)).push(capture.bytes);
    // Damaged or encrypted: nothing may come of it.
    if (wanted.length === 0) return t.notOk(summary(events).includes("reading"), "refused");
    const telegram = crc?.ok === false ? unchecked(capture) : checked(capture);
    if (!telegram) return t.fail("no telegram");
    t.equal(telegram.identification, capture.expected["header"]);
    t.equal(telegram.isChecked, crc?.ok !== null);
    t.same(objectsLike(telegram, wanted), wanted.map(plainObject));
    if (crc?.ok === false) return t.same(summary(events), ["checksum"], "refused");
    t.same(summary(events), ["reading"]);
    numbersAreRead(t, events, wanted);
  });
}

function summary(events: readonly DriverEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "discard") return [event.reason];
    return event.type === "describe" ? [] : [event.type];
  });
}

function checked({ bytes }: Capture): Telegram | undefined {
  const [frame] = new FrameScanner(TELEGRAMS).push(bytes).filter(({ type }) => type === "frame");
  return frame?.type === "frame" ? readTelegram(frame.bytes) : undefined;
}

/** What the text of a telegram says whose CRC is wrong: the layer below the refusal. */
function unchecked({ bytes }: Capture): Telegram {
  return readTelegram(bytes.subarray(bytes.indexOf("/")));
}

function plainObject({ obis, values }: ExpectedObject): ExpectedObject {
  return { obis: withoutUnusedGroup(obis), values };
}

/** Each value in the form that its expectation has: a time, a number with its unit, or what it is on the wire. */
function objectsLike({ objects }: Telegram, wanted: readonly ExpectedObject[]): unknown {
  return objects.map(({ address, values }, index) => ({
    obis: address,
    values: values.map((value, at) => {
      const like = wanted[index]?.values[at] ?? {};
      if ("ts" in like) return { ts: readTime(value) };
      const quantity = readQuantity(value);
      if (!("v" in like) || !quantity) return { raw: value };
      return { v: numberOf(quantity), ...(quantity.unit === undefined ? {} : { unit: quantity.unit }) };
    }),
  }));
}

/** What the reading must hold: every number of an object that has one value and a metric in the same unit. */
function numbersAreRead(t: Test, events: readonly DriverEvent[], wanted: readonly ExpectedObject[]): void {
  const values = events.flatMap((event) => (event.type === "reading" ? [event.values] : []))[0] ?? {};
  for (const { obis, values: expected } of wanted) {
    const object = OBJECTS.get(withoutUnusedGroup(obis));
    const [only] = expected;
    if (object?.kind !== "number" || expected.length !== 1 || obis === "0-0:17.0.0") continue;
    if (only && "v" in only) t.equal(values[object.name], only["v"], `${obis} is ${object.name}`);
  }
}
