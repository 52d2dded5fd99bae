import t, { type Test } from "tap";
import { vedirect } from "../../../devices/vedirect/driver.ts";
import { FIELDS } from "../../../devices/vedirect/fields.table.ts";
import { readHex, writeHex } from "../../../devices/vedirect/hex.ts";
import { VeDirectScanner } from "../../../devices/vedirect/protocol.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface OkBlock {
  readonly start: number;
  readonly end: number;
  readonly fields: Values;
  readonly raw: Readonly<Record<string, string>>;
}

/** What a case may state of text and HEX. */
interface Stated {
  readonly blocks_total?: number;
  readonly blocks_ok?: number;
  readonly rejected_blocks?: readonly { readonly start: number; readonly end: number }[];
  readonly trailing_incomplete_bytes?: number;
  readonly hex_frames?: readonly {
    readonly text: string;
    readonly cmd: number;
    readonly data: string;
    readonly check: string;
    readonly ok: boolean;
  }[];
  readonly first_ok_blocks?: readonly OkBlock[];
  readonly last_ok_block?: OkBlock;
  readonly units?: Readonly<Record<string, string>>;
  readonly commands?: readonly { readonly frame: string; readonly check_ok: boolean }[];
}

/** Units as they are written there. */
const UNITS: Readonly<Record<string, string>> = {
  "A.h": "Ah",
  "kW.h": "kWh",
  "V.A": "VA",
  Cel: "degC",
};

for (const capture of capturesOf("vedirect")) {
  const stated = capture.expected as unknown as Stated;
  t.test(`vedirect ${capture.name}`, async (t) => {
    if (stated.commands) return checkCommands(t, stated.commands);
    checkBlocks(t, capture, stated);
    checkReadings(t, capture, stated);
    checkHex(t, capture, stated);
    checkUnits(t, stated);
  });
}

function checkBlocks(t: Test, { bytes }: Capture, stated: Stated): void {
  const items = new VeDirectScanner().push(bytes);
  const blocks = items.flatMap((item) => (item.type === "block" ? [item] : []));
  const first = (stated.first_ok_blocks ?? []).map(({ raw }) => raw);
  const found = blocks.map(({ fields }) => Object.fromEntries(fields));
  // A block that comes whole after one whose sum got lost is in a rejected block there, and a block here.
  const recovered = found.length - (stated.blocks_ok ?? found.length);
  const rejected = stated.rejected_blocks ?? [];
  t.ok(recovered >= 0 && recovered <= rejected.length, "blocks with the right sum, and none from elsewhere");
  if (recovered === 0) {
    t.same(found.slice(0, first.length), first, "the first blocks");
    const refused = items.filter((item) => item.type === "discard" && item.reason === "checksum");
    const cut = items.filter((item) => item.type === "discard" && item.reason === "truncated");
    t.ok(refused.length + cut.length >= rejected.length, "refused blocks");
  } else for (const raw of first) t.ok(found.some((one) => JSON.stringify(one) === JSON.stringify(raw)));
  if (stated.last_ok_block) t.same(found.at(-1), stated.last_ok_block.raw, "the last block");
}

/** Readings by our names, against fields by theirs. */
function checkReadings(t: Test, { bytes }: Capture, stated: Stated): void {
  const readings = eventsOf(bytes).flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const wanted = [...(stated.first_ok_blocks ?? []), ...(stated.last_ok_block ? [stated.last_ok_block] : [])];
  for (const { fields, start } of wanted) {
    const named = Object.entries(fields).map(([label, value]) => [nameOf(label), asOurs(label, value)]);
    const reading = JSON.stringify(Object.fromEntries(named));
    t.ok(
      readings.some((one) => JSON.stringify(one) === reading),
      `the block at ${start}: ${reading}`,
    );
  }
}

function nameOf(label: string): string {
  return FIELDS[label]?.name ?? label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
}

/** They leave words as they are. */
function asOurs(label: string, value: Values[string] | undefined): unknown {
  if (value === "---") return null;
  return FIELDS[label]?.metric.type === "boolean" ? value === "ON" : value;
}

function checkHex(t: Test, { bytes }: Capture, stated: Stated): void {
  const wanted = stated.hex_frames ?? [];
  const found = new VeDirectScanner()
    .push(bytes)
    .flatMap((item) => (item.type === "hex" ? [{ cmd: item.frame.command, data: item.frame.data }] : []));
  t.same(
    found.map(({ cmd, data }) => ({ cmd, data: data.toString("hex").toUpperCase() })),
    wanted.filter(({ ok }) => ok).map(({ cmd, data }) => ({ cmd, data: data.toUpperCase() })),
    "HEX frames",
  );
  for (const { text, ok, cmd, data } of wanted) {
    t.equal(typeof readHex(Buffer.from(text)) === "object", ok, text);
    if (ok) t.equal(writeHex(cmd, Buffer.from(data, "hex")).toString(), `${text}\n`);
  }
}

function checkUnits(t: Test, { units = {} }: Stated): void {
  for (const [label, unit] of Object.entries(units)) {
    const ours = FIELDS[label]?.metric.unit ?? "";
    t.equal(UNITS[ours] ?? ours, unit, `unit of ${label}`);
  }
}

function checkCommands(t: Test, commands: NonNullable<Stated["commands"]>): void {
  for (const { frame, check_ok } of commands) {
    const read = readHex(Buffer.from(frame.trimEnd()));
    t.equal(typeof read === "object", check_ok, frame);
    if (typeof read === "object") t.equal(writeHex(read.command, read.data).toString(), frame);
  }
}

function eventsOf(bytes: Buffer): readonly DriverEvent[] {
  return vedirect.open(settingsOf(vedirect)).push(bytes);
}
