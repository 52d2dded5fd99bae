import t, { type Test } from "tap";
import { teleinfo } from "../../../devices/teleinfo/driver.ts";
import { LABELS } from "../../../devices/teleinfo/labels.table.ts";
import { TeleinfoScanner } from "../../../devices/teleinfo/protocol.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface StatedGroup {
  readonly label: string;
  readonly value: string;
  readonly mode?: string;
  readonly ok: boolean;
}

/** What a case may state. */
interface Stated {
  readonly frames?: readonly { readonly complete: boolean; readonly groups: readonly StatedGroup[] }[];
  /** One for each frame with good groups, as text or as numbers. */
  readonly values?: readonly Readonly<Record<string, Value>>[];
  readonly units?: Readonly<Record<string, string>>;
}

/** Units as they are written there. */
const UNITS: Readonly<Record<string, string>> = { "W.h": "Wh", "V.A": "VA", "kV.A": "kVA", "V.A.h": "VArh" };

for (const capture of capturesOf("teleinfo")) {
  const stated = capture.expected as unknown as Stated;
  t.test(`teleinfo ${capture.name}`, async (t) => {
    checkFrames(t, capture, stated);
    checkReadings(t, capture, stated);
    for (const [label, unit] of Object.entries(stated.units ?? {})) {
      const ours = LABELS[label]?.metric.unit ?? "";
      t.equal(UNITS[ours] ?? ours, unit, `unit of ${label}`);
    }
  });
}

/** What has no end is refused here, also where good groups are told of there. */
function checkFrames(t: Test, { bytes }: Capture, { frames = [] }: Stated): void {
  const items = new TeleinfoScanner().push(bytes);
  const found = items.flatMap((item) => (item.type === "frame" ? [item] : []));
  const whole = frames.filter(({ complete }) => complete);
  t.equal(found.length, whole.length, "frames");
  for (const [index, { groups }] of whole.entries()) {
    const good = groups.filter(({ ok }) => ok);
    t.same(
      found[index]?.groups.map(({ label, value }) => [label, value.trim()]),
      good.map(({ label, value }) => [label, value.trim()]),
      `the groups of frame ${index}`,
    );
    const modes = good.flatMap(({ mode }) => (mode === undefined ? [] : [mode]));
    if (modes.length === good.length)
      t.same(
        found[index]?.groups.map(({ mode }) => mode),
        modes,
      );
    if (good.length < groups.length) t.ok(found[index]?.discards.length, `what is refused in frame ${index}`);
  }
  const cut = items.filter((item) => item.type === "discard" && item.reason === "truncated");
  t.ok(cut.length <= frames.length - whole.length, "frames without an end");
}

function checkReadings(t: Test, { bytes }: Capture, { frames = [], values = [] }: Stated): void {
  const readings = teleinfo
    .open(settingsOf(teleinfo))
    .push(bytes)
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const wanted =
    values.length === frames.length ? values.filter((_, index) => frames[index]?.complete) : values;
  const named = wanted.map(byOurNames).filter((one) => Object.keys(one).length > 0);
  t.equal(readings.length, named.length, "readings");
  for (const [index, reading] of readings.entries()) t.match(reading, named[index], `reading ${index}`);
}

/** Those of one label and one value; times have a form of their own here. */
function byOurNames(fields: Readonly<Record<string, Value>>): Values {
  const entries = Object.entries(fields).flatMap(([label, value]): [string, Value][] => {
    const known = LABELS[label];
    if (label === "DATE" || known?.isTime) return [];
    const name = known?.name ?? label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
    return [[name, known?.metric.type === "integer" ? Number(value) : textOf(value)]];
  });
  return Object.fromEntries(entries);
}

function textOf(value: Value): Value {
  const text = String(value).trim();
  return /^-*$/.test(text) ? null : text;
}
