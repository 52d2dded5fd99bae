import t from "tap";
import { iec62056 } from "../../../devices/iec62056-21/driver.ts";
import {
  readReadout,
  READOUTS,
  READOUTS_WITH_PARITY,
  type Readout,
} from "../../../devices/iec62056-21/protocol.ts";
import { numberOf, readQuantity } from "../../../devices/iec62056-21/quantity.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedSet {
  readonly address: string;
  readonly raw: string;
  readonly value?: number;
  readonly unit?: string;
}
interface ExpectedTelegram {
  readonly identification: Readonly<Record<string, unknown>>;
  readonly bcc: { readonly ok: boolean } | null;
  readonly complete: boolean;
  readonly data: readonly ExpectedSet[];
}

/** After a recording, as after a block that has no end of its own: the next line. */
const NEXT_LINE = Buffer.from("\r\n");

for (const capture of capturesOf("iec62056-21")) {
  t.test(`iec62056-21 ${capture.name}`, async (t) => {
    const telegrams = (capture.expected["telegrams"] ?? []) as readonly ExpectedTelegram[];
    const sound = telegrams.filter(({ bcc, complete }) => complete && bcc?.ok !== false);
    const session = iec62056.open(settingsOf(iec62056));
    const events = [...session.push(capture.bytes), ...session.push(NEXT_LINE)];
    t.equal(count(events, "reading"), sound.length, "readings");
    const refused = events.filter((event) => event.type === "discard" && event.reason === "checksum");
    t.equal(refused.length, telegrams.filter(({ bcc }) => bcc?.ok === false).length, "refused by their BCC");
    const complete = telegrams.filter(({ complete }) => complete);
    const readouts = readoutsIn(capture);
    t.equal(readouts.length, complete.length, "read-outs, sound or not");
    for (const [index, telegram] of complete.entries())
      t.same(likeExpected(readouts[index], telegram), plainExpectation(telegram));
    const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    for (const [index, { data }] of sound.entries())
      for (const { value } of data)
        if (value !== undefined)
          t.ok(Object.values(readings[index] ?? {}).includes(value), `${value} is in the reading`);
  });
}

function count(events: readonly DriverEvent[], type: DriverEvent["type"]): number {
  return events.filter((event) => event.type === type).length;
}

/** All that have an end, also those that their block check character refuses. */
function readoutsIn({ bytes }: Capture): Readout[] {
  const frames = new FrameScanner(
    { ...READOUTS, isIntact: () => true },
    { ...READOUTS_WITH_PARITY, isIntact: () => true },
  );
  return [...frames.push(bytes), ...frames.push(NEXT_LINE)].flatMap((item) =>
    item.type === "frame" ? [readReadout(item.bytes)] : [],
  );
}

function plainExpectation({ identification, data }: ExpectedTelegram): unknown {
  const { manufacturer, baud_char, escapes, ident } = identification;
  return { identification: { manufacturer, baud_char, escapes, ident }, data };
}

/** The read-out in the form of its expectation, which knows a number only where it has a unit. */
function likeExpected(readout: Readout | undefined, { data }: ExpectedTelegram): unknown {
  if (!readout) return undefined;
  const { manufacturer, baudCharacter, escapes, type } = readout.identification;
  return {
    identification: { manufacturer, baud_char: baudCharacter, escapes, ident: type },
    data: readout.sets.map(({ address, values }, index) => {
      const like = data[index];
      const all = values.join(")(");
      const [first = ""] = values;
      const raw = like?.raw === all ? all : first;
      const quantity = like?.value === undefined ? undefined : readQuantity(first);
      return quantity ? { address, raw, value: numberOf(quantity), unit: quantity.unit } : { address, raw };
    }),
  };
}
