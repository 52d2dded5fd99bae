import t from "tap";
import { iec62056 } from "../../../devices/iec62056-21/driver.ts";
import {
  MAX_READOUT_BYTES,
  writeAcknowledgement,
  writeReadout,
} from "../../../devices/iec62056-21/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const LINES = ["F.F(00)", "1.8.0(000285.4*kWh)", "2.8.0(000120.1*kWh)"];
const VALUES = {
  manufacturer: "DUN",
  identification: "TEST",
  error: "00",
  energy_import: 285.4,
  energy_export: 120.1,
};
const FRAMED = writeReadout("DUN5TEST", LINES, "framed");
const BARE = writeReadout("DUN5TEST", LINES, "bare");

const open = (settings: object = {}): Session => iec62056.open(settingsOf(iec62056, settings));
const readings = (events: readonly DriverEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
const discards = (events: readonly DriverEvent[]): (string | number)[][] =>
  events.flatMap((event) => (event.type === "discard" ? [[event.reason, event.bytes]] : []));
const read = (lines: readonly string[], form: "framed" | "bare" = "framed"): readonly DriverEvent[] =>
  open().push(writeReadout("DUN5TEST", lines, form));
const withParity = (bytes: Buffer): Buffer =>
  bytes.map((byte) => (byte.toString(2).replaceAll("0", "").length % 2 === 0 ? byte : byte | 0x80)) as Buffer;

t.test("a framed and a bare read-out are the same reading, and say what is measured", async (t) => {
  for (const bytes of [FRAMED, BARE]) {
    const events = open().push(bytes);
    t.match(events[0], { type: "describe", metrics: { energy_import: { type: "number", unit: "kW.h" } } });
    t.strictSame(events.slice(1), [{ type: "reading", values: VALUES }]);
  }
  const session = open();
  session.push(FRAMED);
  t.strictSame(session.push(BARE), [{ type: "reading", values: VALUES }], "described once");
});

t.test("block check characters as published", async (t) => {
  const data = Buffer.from("/DUN5TEST\r\n\u00020.0.0(1234567)!\r\n\u0003");
  const sum = data.subarray(12).reduce((xor, byte) => xor ^ byte, 0);
  t.match(open().push(Buffer.concat([data, Buffer.of(sum)])), [{}, { values: { serial_number: "1234567" } }]);
});

t.test("no bit of a framed read-out can be wrong, but of what stands before the frame", async (t) => {
  for (let bit = (FRAMED.indexOf(2) + 1) * 8; bit < FRAMED.length * 8; bit++) {
    const wrong = Buffer.from(FRAMED);
    wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (readings(open().push(wrong)).length > 0) t.fail(`bit ${bit}`);
  }
});

t.test("after a wrong block check character the search goes on inside", async (t) => {
  const wrong = Buffer.from(FRAMED);
  wrong[30] = 0x39;
  t.match(open().push(Buffer.concat([wrong, FRAMED])), [
    { type: "discard", bytes: wrong.length, reason: "checksum" },
    { type: "describe" },
    { type: "reading", values: VALUES },
  ]);
  const cut = FRAMED.subarray(0, 40);
  t.match(open().push(Buffer.concat([cut, FRAMED])), [
    { type: "discard", bytes: 40, reason: "truncated" },
    { type: "describe" },
    { type: "reading", values: VALUES },
  ]);
});

t.test("what is before and between read-outs is noise: echoes, tails, zeros", async (t) => {
  const echo = Buffer.from("\0\0/?!\r\n");
  t.match(open().push(Buffer.concat([echo, FRAMED, BARE.subarray(20), FRAMED])), [
    { type: "discard", bytes: echo.length, reason: "noise" },
    { type: "describe" },
    { type: "reading", values: VALUES },
    { type: "discard", bytes: BARE.length - 20, reason: "noise" },
    { type: "reading", values: VALUES },
  ]);
});

t.test("the echo of the acknowledgement may be in the midst", async (t) => {
  const at = FRAMED.indexOf(2);
  const bytes = Buffer.concat([FRAMED.subarray(0, at), writeAcknowledgement("0"), FRAMED.subarray(at)]);
  t.strictSame(readings(open().push(bytes)), [VALUES]);
});

t.test("an identification that was not answered is noise", async (t) => {
  const lonely = FRAMED.subarray(0, FRAMED.indexOf(2));
  const events = open().push(Buffer.concat([lonely, FRAMED]));
  t.strictSame(discards(events), [["noise", lonely.length]]);
  t.strictSame(readings(events), [VALUES]);
});

t.test("a read-out that is cut off gives nothing, wherever", async (t) => {
  for (const whole of [FRAMED, BARE])
    for (let end = 0; end < whole.length; end++) t.strictSame(open().push(whole.subarray(0, end)), []);
  for (let end = 0; end < BARE.length; end++) {
    const found = readings(open().push(Buffer.concat([BARE.subarray(0, end), BARE])));
    t.ok(
      found.every((values) => JSON.stringify(values) === JSON.stringify(VALUES)),
      `cut at ${end}`,
    );
  }
});

t.test("what has no end within the cap is let go", async (t) => {
  const session = open();
  const endless = Buffer.alloc(MAX_READOUT_BYTES * 2, "1.8.0(000285.4*kWh)\r\n");
  endless.write("/DUN5TEST\r\n", "latin1");
  const bytes = discards(session.push(endless)).reduce((sum, [, count]) => sum + Number(count), 0);
  t.ok(bytes > MAX_READOUT_BYTES, `${bytes} told of`);
  t.strictSame(readings(session.push(FRAMED)), [VALUES]);
});

t.test("parity bits of a 7E1 line read as 8N1 are taken off, and checked", async (t) => {
  for (const bytes of [FRAMED, BARE]) {
    t.strictSame(readings(open().push(withParity(bytes))), [VALUES]);
    const wrong = withParity(bytes);
    wrong[35] = (wrong[35] ?? 0) ^ 0x01;
    t.strictSame(discards(open().push(wrong)), [["checksum", wrong.length]]);
  }
});

t.test("a frame without its end is taken until one with it has come", async (t) => {
  const endless = FRAMED.subarray(0, -2);
  const next = Buffer.from("\r\n");
  const session = open();
  t.strictSame(readings([...session.push(endless), ...session.push(next)]), [VALUES]);
  t.strictSame(readings(session.push(FRAMED)), [VALUES]);
  const events = [...session.push(endless), ...session.push(Buffer.concat([next, FRAMED]))];
  t.strictSame(readings(events), [VALUES]);
  t.match(discards(events), [
    ["checksum", endless.length],
    ["noise", 2],
  ]);
  t.strictSame(discards(open({ checksum: "required" }).push(BARE)), [["checksum", BARE.length]]);
});

t.test("without a check one bad value spoils the read-out", async (t) => {
  for (const line of ["1.8.0(0002u5.4*kWh)", "1.8.0(000285.4*kWh", "1.8.0(000285.4*kWi)", "C.1(a\u0001)"]) {
    const bytes = writeReadout("DUN5TEST", ["F.F(00)", line], "bare");
    t.strictSame(discards(open().push(bytes)), [["unparsable", bytes.length]], line);
  }
  const empty = writeReadout("DUN5TEST", ["()"], "framed");
  t.strictSame(discards(open().push(empty)), [["unsupported", empty.length]]);
});

t.test("full and reduced codes, stored values, and values without a unit", async (t) => {
  const lines = [
    "1-0:0.0.0*255(331200-5009810)",
    "1-0:1.8.1*255(032942.0231)",
    "1-0:1.8.0*255(000123.4*kWh)",
    "1.8.0*01(000100.0*kWh)",
    "1-0:96.5.5*255(80)",
  ];
  t.match(readings(read(lines, "bare")), [
    {
      serial_number: "331200-5009810",
      energy_import_tariff_1: 32942.0231,
      energy_import: 123.4,
      energy_import_01: 100,
      "1-0_96.5.5": "80",
    },
  ]);
});

t.test("a heat meter: several sets in a line, units of its own, nothing in some", async (t) => {
  const events = read([
    "6.8(0029.055*MWh)6.26(01589.28*m3)6.8*01(0028.086*MWh)F(0)9.20(64030874)6.35(60*m)6.33(001.476*m3ph)",
    "9.4(088*C&082*C)6.8.1()6.8(9*MWh)",
  ]);
  t.match(events[0], {
    metrics: { heat_energy: { unit: "MW.h" }, flow_max: { unit: "m3/h" }, measuring_period: { unit: "min" } },
  });
  t.strictSame(readings(events), [
    {
      manufacturer: "DUN",
      identification: "TEST",
      heat_energy: 29.055,
      volume: 1589.28,
      heat_energy_01: 28.086,
      error: "0",
      serial_number: "64030874",
      measuring_period: 60,
      flow_max: 1.476,
      temperatures_max: "088*C&082*C",
    },
  ]);
  t.match(read(["6.8(0104.598*GJ)"]), [
    { metrics: { heat_energy: { unit: "GJ" } } },
    { values: { heat_energy: 104.598 } },
  ]);
});

t.test("a value that was there and is empty now is null", async (t) => {
  const session = open();
  session.push(writeReadout("DUN5TEST", ["1.8.0(1*kWh)", "C.1(7)"], "framed"));
  t.match(session.push(writeReadout("DUN5TEST", ["1.8.0()", "C.1()"], "framed")), [
    { values: { energy_import: null, "c.1": null } },
  ]);
});

t.test("numbers are exact: units converted, commas, signs, blanks; times of peaks", async (t) => {
  const lines = [
    "1.8.0(0000307*Wh)",
    "16.7.0(-0,3*kW)",
    "2.7.0(-0.000*kW)",
    "81.7.6(  80*Deg)",
    "1.6.0(05.12*kW)(1412011230)",
  ];
  t.match(readings(read(lines)), [
    {
      energy_import: 0.307,
      power: -0.3,
      power_export: 0,
      "81.7.6": 80,
      demand_import_max: 5.12,
      demand_import_max_time: "1412011230",
    },
  ]);
});

t.test("of too many metrics the first are taken, and it is said once", async (t) => {
  const lines = Array.from({ length: 300 }, (_, index) => `P.${index}(1*V)`);
  const session = open();
  const events = session.push(writeReadout("DUN5TEST", lines, "framed"));
  t.match(events[1], { type: "log", text: /p\.240 and more/ });
  t.equal(Object.keys(readings(events)[0] as object).length, 242);
  t.match(session.push(writeReadout("DUN5TEST", lines, "framed")), [{ type: "reading" }]);
});
