import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { describedDriver, KINDS } from "../../devices/descriptions.ts";
import { checksumOf, CHECKSUMS } from "../../devices/described/checksum.ts";
import { formatFault, loadDescriptions } from "../../src/config/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { chunked } from "../support/chunks.ts";
import { converse } from "../support/conversation.ts";
import { settingsOf } from "./settings.ts";

const DOCS = join(import.meta.dirname, "../../docs/describing-devices.md");
const SCHEMAS = Object.fromEntries(Object.entries(KINDS).map(([kind, { schema }]) => [kind, schema]));

/** The descriptions of a folder with these files. */
async function described(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  try {
    mkdirSync(join(folder, "drivers"));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, "drivers", `${name}.yaml`), text);
    const { descriptions, faults } = await loadDescriptions(join(folder, "drivers"), SCHEMAS, ["nmea0183"]);
    const told = faults.map((fault) => formatFault(fault).split("\n")[0]?.replace(`${folder}/drivers/`, ""));
    const driver = (name: string): Driver<unknown> =>
      describedDriver(
        name,
        descriptions.find((one) => one.name === name)?.value,
      ) as unknown as Driver<unknown>;
    return { faults: told, driver };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const examples = Object.fromEntries(
  [...readFileSync(DOCS, "utf8").matchAll(/```yaml driver=(\S+)\n([^]*?)```/g)].map(
    ([, name = "", text = ""]) => [name, text],
  ),
);

function events(driver: Driver<unknown>, chunks: Iterable<Uint8Array>): DriverEvent[] {
  const session = driver.open(settingsOf(driver));
  const events = [...(session.start?.() ?? [])];
  for (const chunk of chunks) events.push(...session.push(chunk));
  return events;
}

t.test("what the documentation describes are drivers, and their simulators make readings", async (t) => {
  const { faults, driver } = await described(examples);
  t.same(faults, []);
  t.same(Object.keys(examples), ["rain-gauge", "distance-sensor", "boiler"]);
  for (const name of Object.keys(examples)) {
    const one = driver(name);
    const readings = converse(one, settingsOf(one), { readings: 5 }).filter(({ type }) => type === "reading");
    t.equal(readings.length, 5, name);
    const { metrics } = one.describe(settingsOf(one));
    for (const reading of readings)
      if (reading.type === "reading")
        for (const metric of Object.keys(reading.values)) t.ok(metric in metrics, metric);
  }
});

t.test("lines: labels and units do no harm, and what is no line is told", async (t) => {
  const { driver } = await described(examples);
  const text =
    "noise\r\nAcc 1.20 mm, EventAcc 0.40 mm, TotalAcc 31.70 mm, RInt 0.00 mmph\r\nAcc 1, 2\r\nAcc x, 2, 3, 4\r\nAcc 1,,3,4\r\n";
  const found = events(driver("rain-gauge"), [Buffer.from(text)]);
  t.same(found.slice(0, 2), [
    { type: "write", bytes: Buffer.from("R\n") },
    { type: "wake", afterMs: 10_000 },
  ]);
  t.match(found.slice(2), [
    { type: "discard", bytes: 5, reason: "unsupported" },
    { type: "reading", values: { accumulated: 1.2, event: 0.4, total: 31.7, intensity: 0 } },
    { type: "discard", reason: "unparsable" },
    { type: "discard", reason: "unparsable" },
    { type: "reading", values: { accumulated: 1, event: null, total: 3, intensity: 4 } },
  ]);
  t.same(events(driver("rain-gauge"), chunked(Buffer.from(text), [1, 3])), found, "in any chunking");
  t.match(driver("rain-gauge").open({}).run?.({ id: "1", name: "reset", args: {} }), [
    { type: "write", bytes: Buffer.from("O\n") },
    { type: "outcome", outcome: { ok: true } },
  ]);
});

t.test("frames: a real one is read, a damaged one is told, and the next one found", async (t) => {
  const { driver } = await described(examples);
  // Benewake TFmini: 1.00 m, strength 200, 25 °C.
  const frame = Buffer.from("59596400c800c80800", "hex");
  frame[8] = checksumOf("sum8", frame.subarray(0, 8));
  const bad = Buffer.from(frame);
  bad[3] = 0x55;
  const found = events(driver("distance-sensor"), [Buffer.of(0x59, 1), frame, bad, frame]);
  t.same(
    found.filter(({ type }) => type === "reading"),
    [
      { type: "reading", values: { distance: 1, strength: 200, temperature: 25 } },
      { type: "reading", values: { distance: 1, strength: 200, temperature: 25 } },
    ],
  );
  t.ok(found.some((event) => event.type === "discard" && event.reason === "checksum"));
});

t.test("a length inside, an end, and frames of another kind", async (t) => {
  const { faults, driver } = await described({
    scale: `kind: frames
title: Scale
sync: AA
length: { at: 1, plus: 2 }
end: "0D"
match: [{ at: 2, is: "01" }]
metrics: { weight: { at: 3, type: int24, scale: 0.001, unit: kg }, stable: { at: 2, bit: 0 } }
`,
  });
  t.same(faults, []);
  const sent = Buffer.from("aa0501fffc180d" + "aa02020d" + "aa0501000bb80d", "hex");
  t.match(events(driver("scale"), [sent]), [
    { type: "reading", values: { weight: -1, stable: true } },
    { type: "discard", bytes: 4, reason: "unsupported" },
    { type: "reading", values: { weight: 3, stable: true } },
  ]);
});

t.test("checksums give the check values of their catalogue for 123456789", async (t) => {
  const digits = Buffer.from("123456789");
  const check: Record<string, number> = {
    sum8: 0xdd,
    "sum8-complement": 0x23,
    xor8: 0x31,
    sum16: 0x01dd,
    crc8: 0xf4,
    "crc8-maxim": 0xa1,
    "crc16-arc": 0xbb3d,
    "crc16-modbus": 0x4b37,
    "crc16-ccitt": 0x29b1,
    "crc16-xmodem": 0x31c3,
    "crc16-x25": 0x906e,
    crc32: 0xcbf43926,
  };
  t.same(Object.fromEntries(CHECKSUMS.map((name) => [name, checksumOf(name, digits)])), check);
});

t.test("what is wrong in a description is told with its place", async (t) => {
  const { faults } = await described({
    "no-kind": "title: x\n",
    nmea0183: "kind: text\ntitle: x\nmetrics: { a: { field: 0 } }\n",
    odd: "kind: frame\ntitle: x\n",
    wrong: "kind: frames\ntitle: x\nsync: AG\nlength: 1\nmetrics: { a: { at: 1, type: uint12 } }\n",
  });
  t.same(faults, [
    "nmea0183.yaml:1:1: there is a driver nmea0183 already: give the file another name",
    "no-kind.yaml:1:1: kind is missing: it is one of text, frames, modbus",
    'odd.yaml:1:7: there is no kind "frame": did you mean "frames"?: it is one of text, frames, modbus',
    'wrong.yaml:3:7: expected bytes in hex, such as AA C0, found "AG"',
    "wrong.yaml:4:9: expected a number of bytes, or where it is: { at: 2, plus: 4 }, found 1",
    'wrong.yaml:5:30: expected one of int8, uint8, int16, uint16, int24, uint24, int32, uint32, float32, float64, found "uint12": did you mean "uint16"?',
  ]);
});
