import t, { type Test } from "tap";
import { sml } from "../../../devices/sml/driver.ts";
import { readMessages, type Entry, type ValueList } from "../../../devices/sml/messages.ts";
import { REGISTERS } from "../../../devices/sml/metrics.table.ts";
import { obisOf, valueOf } from "../../../devices/sml/readings.ts";
import { SmlScanner } from "../../../devices/sml/transport.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedFrame {
  readonly offset: number;
  readonly length: number;
  readonly crc_ok: boolean;
  readonly messages?: number;
  readonly entries?: number;
}

interface ExpectedEntry {
  readonly obis: string;
  readonly hex?: string;
  readonly text?: string;
  readonly status?: number;
  readonly raw?: number;
  readonly type?: string;
  readonly scaler?: number;
  readonly unit?: string;
  readonly value?: number | string;
}

interface ExpectedList {
  readonly offset: number;
  readonly entries: readonly ExpectedEntry[];
  readonly server_id?: string | null;
  readonly act_sensor_time?: { readonly kind: number; readonly value: number } | null;
}

for (const { name, expected, bytes } of capturesOf("sml"))
  t.test(`sml ${name}`, async (t) => {
    const frames = expected["frames"] as readonly ExpectedFrame[];
    const decoded = (expected["first_decoded"] ?? []) as readonly ExpectedList[];
    const intact = frames.filter(({ crc_ok }) => crc_ok);
    t.equal(intact.length, expected["frames_crc_ok"]);
    const found = intactFrames(bytes);
    t.same(
      found.map(({ offset, length }) => ({ offset, length })),
      intact.map(({ offset, length }) => ({ offset, length })),
    );
    for (const [index, { offset, lists }] of found.entries()) {
      if (typeof lists === "string") t.fail(`frame at ${offset}: ${lists}`);
      else
        checkLists(
          t,
          lists,
          intact[index],
          decoded.find((one) => one.offset === offset),
        );
    }
    const readings = sml
      .open(settingsOf(sml))
      .push(bytes)
      .flatMap((event) => (event.type === "reading" ? [event.values] : []));
    t.equal(readings.length, intact.length, "one reading a frame, and none of a broken one");
    for (const [index, { offset }] of intact.entries()) {
      const one = decoded.find((list) => list.offset === offset);
      if (one) checkReading(t, readings[index] ?? {}, one);
    }
  });

/** Each intact frame with where it was: everything before is told of. */
function intactFrames(bytes: Buffer) {
  let offset = 0;
  return new SmlScanner().push(bytes).flatMap((item) => {
    const at = offset;
    offset += item.bytes;
    return item.type === "frame"
      ? [{ offset: at, length: item.bytes, lists: readMessages(item.payload) }]
      : [];
  });
}

function checkLists(
  t: Test,
  lists: readonly ValueList[],
  frame: ExpectedFrame | undefined,
  wanted: ExpectedList | undefined,
): void {
  const entries = lists.flatMap((list) => list.entries);
  t.equal(entries.length, frame?.entries);
  if (!wanted) return;
  const [list] = lists;
  if (wanted.server_id !== undefined) t.equal(list?.serverId?.toString("hex") ?? null, wanted.server_id);
  if (wanted.act_sensor_time !== undefined) t.same(list?.sensorTime, wanted.act_sensor_time);
  for (const [index, one] of wanted.entries.entries()) {
    const entry = entries[index];
    if (entry) checkEntry(t, entry, one);
  }
}

function checkEntry(t: Test, entry: Entry, wanted: ExpectedEntry): void {
  const what = wanted.obis;
  const code = obisOf(entry.obis);
  t.equal(code.includes("*") ? code : `${code}*255`, wanted.obis);
  t.equal(entry.status === null ? undefined : Number(entry.status), wanted.status, `${what} status`);
  const { value } = entry;
  if (Buffer.isBuffer(value)) {
    t.equal(value.toString("hex"), wanted.hex, what);
    if (wanted.text !== undefined) t.equal(valueOf(entry), wanted.text, what);
  } else if (value !== null && typeof value === "object" && wanted.raw !== undefined) {
    t.equal(Number(value.value), wanted.raw, `${what} raw`);
    t.equal(`${value.isSigned ? "" : "u"}int${value.bytes * 8}`, wanted.type, `${what} type`);
    t.equal(entry.scaler, wanted.scaler ?? 0, `${what} scaler`);
    t.equal(valueOf(entry), wanted.value, what);
  }
}

/** Registers that have names are in the reading, with the value that was sent. */
function checkReading(t: Test, values: Values, wanted: ExpectedList): void {
  for (const { obis, value, unit } of wanted.entries) {
    const register = REGISTERS.get(obis.replace(/\*255$/, ""));
    if (!register || value === undefined) continue;
    const [name, metric] = register;
    t.equal(values[name], value, name);
    t.equal(metric.unit, unit, `${name} unit`);
  }
  if (wanted.server_id !== undefined) t.equal(values["server_id"], wanted.server_id);
  if (wanted.act_sensor_time) t.equal(values["sensor_time"], wanted.act_sensor_time.value);
}
