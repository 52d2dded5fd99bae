import t from "tap";
import { dsmrP1 } from "../../../devices/dsmr-p1/driver.ts";
import { writeEnvelope } from "../../../devices/dsmr-p1/envelope.ts";
import { MAX_TELEGRAM_BYTES, writeTelegram } from "../../../devices/dsmr-p1/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const LINES = ["1-3:0.2.8(50)", "0-0:1.0.0(200426223325S)", "1-0:1.7.0(00.111*kW)", "1-0:32.7.0(229.9*V)"];
const VALUES = {
  identification: "DUN5TEST",
  version: "50",
  meter_time: "2020-04-26T22:33:25+02:00",
  power_import: 0.111,
  voltage_l1: 229.9,
};
const TELEGRAM = writeTelegram("DUN5TEST", LINES);
const ENCRYPTION_KEY = "000102030405060708090A0B0C0D0E0F";

const open = (settings: object = {}): Session => dsmrP1.open(settingsOf(dsmrP1, settings));
const withLines = (...lines: readonly string[]): Buffer => writeTelegram("DUN5TEST", lines);
/** As DSMR 2 and 3 send it, without a CRC. */
const old = (...lines: readonly string[]): Buffer =>
  Buffer.from(["/DUN3OLD", "", ...lines, "!", ""].join("\r\n"));
const onlyReading = (bytes: Buffer): Readonly<Record<string, unknown>> => {
  const readings = open()
    .push(bytes)
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));
  return readings.length === 1 ? (readings[0] ?? {}) : {};
};
const discards = (events: readonly DriverEvent[]): (string | number)[][] =>
  events.flatMap((event) => (event.type === "discard" ? [[event.reason, event.bytes]] : []));

t.test("a telegram is one reading", async (t) => {
  t.strictSame(open().push(TELEGRAM), [{ type: "reading", values: VALUES }]);
});

t.test("the published example of a CRC", async (t) => {
  const unpadded = [
    "/NWA-WARMTELINK",
    "",
    "1-3:0.2.8(50)",
    "0-0:1.0.0(260215200523W)",
    "0-0:96.1.1(ADC3100000158491)",
    "0-0:96.13.1()",
    "0-0:96.13.0()",
    "0-1:24.1.0(004)",
    "0-1:96.1.0(621848012D2C0B0C)",
    "0-1:24.2.1(260215200523W)(240.860*GJ)",
    "!B9F",
    "",
  ].join("\r\n");
  t.match(onlyReading(Buffer.from(unpadded)), {
    heat_energy: 240.86,
    heat_time: "2026-02-15T20:05:23+01:00",
  });
  t.strictSame(discards(open().push(Buffer.from(unpadded.replace("!B9F", "!B9E")))), [
    ["checksum", unpadded.length],
  ]);
});

t.test("no bit of a telegram can be wrong", async (t) => {
  for (let bit = 0; bit < (TELEGRAM.length - 2) * 8; bit++) {
    const wrong = Buffer.from(TELEGRAM);
    wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const readings = open()
      .push(wrong)
      .filter(({ type }) => type === "reading");
    // The letters of a CRC mean the same in either case.
    if (readings.length > 0) t.match(wrong.toString().slice(-6), /^[\dA-Fa-f]{4}\r\n$/);
    for (const reading of readings) t.strictSame(reading, { type: "reading", values: VALUES });
  }
});

t.test("after a wrong CRC the search goes on inside", async (t) => {
  const cut = TELEGRAM.subarray(0, 60);
  t.strictSame(open().push(Buffer.concat([cut, TELEGRAM])), [
    { type: "discard", bytes: 60, reason: "truncated" },
    { type: "reading", values: VALUES },
  ]);
  const wrong = Buffer.from(TELEGRAM);
  wrong[30] = 0x39;
  t.strictSame(open().push(Buffer.concat([wrong, TELEGRAM])), [
    { type: "discard", bytes: wrong.length, reason: "checksum" },
    { type: "reading", values: VALUES },
  ]);
});

t.test("what is before and between telegrams is noise", async (t) => {
  const tail = TELEGRAM.subarray(70);
  t.strictSame(open().push(Buffer.concat([tail, TELEGRAM, Buffer.from([0, 0xff]), TELEGRAM])), [
    { type: "discard", bytes: tail.length, reason: "noise" },
    { type: "reading", values: VALUES },
    { type: "discard", bytes: 2, reason: "noise" },
    { type: "reading", values: VALUES },
  ]);
});

t.test("a telegram that is cut off gives nothing, wherever", async (t) => {
  for (let end = 0; end < TELEGRAM.length; end++) t.strictSame(open().push(TELEGRAM.subarray(0, end)), []);
});

t.test("what has no end within the cap is let go", async (t) => {
  const session = open();
  const endless = Buffer.alloc(MAX_TELEGRAM_BYTES * 2, "1-0:1.7.0(00.111*kW)\r\n");
  endless.write("/DUN5TEST\r\n", "latin1");
  const events = session.push(endless);
  const bytes = discards(events).reduce((sum, [, count]) => sum + Number(count), 0);
  t.ok(bytes > MAX_TELEGRAM_BYTES, `${bytes} told of`);
  t.match(session.push(TELEGRAM).at(-1), { type: "reading", values: VALUES });
});

t.test("a slash in a text begins no telegram", async (t) => {
  t.match(onlyReading(withLines("0-0:96.13.0(see /abc now)")), { message: "see /abc now" });
  t.match(onlyReading(old("0-0:96.13.0(see /abc now)")), { message: "see /abc now" });
});

t.test("a text goes on in the next line", async (t) => {
  t.match(onlyReading(withLines("0-0:96.13.0(48656C", "6C6F)", "1-0:1.7.0(00.111*kW)")), {
    message: "Hello",
    power_import: 0.111,
  });
});

t.test("telegrams without a CRC are taken until one with a CRC has come", async (t) => {
  const session = open();
  const plain = old("1-0:1.7.0(001.19*kW)");
  t.match(session.push(plain), [{ type: "reading", values: { power_import: 1.19 } }]);
  t.match(session.push(TELEGRAM), [{ type: "reading" }]);
  t.strictSame(session.push(plain), [{ type: "discard", bytes: plain.length, reason: "checksum" }]);
  t.strictSame(discards(open({ checksum: "required" }).push(plain)), [["checksum", plain.length]]);
});

t.test("without a CRC one bad line spoils the telegram", async (t) => {
  for (const line of [
    "1-0:1.7.0(0u1.19*kW)",
    "1-0:1.7.0(001.19",
    "1~0:1.7.0(001.19*kW)",
    "0-0:96.14.0(0\u0000)",
  ]) {
    const bytes = old("1-0:2.7.0(000.00*kW)", line);
    t.strictSame(open().push(bytes), [{ type: "discard", bytes: bytes.length, reason: "unparsable" }], line);
  }
});

t.test("without a CRC a telegram cut off by the next is no reading", async (t) => {
  const lines = ["0-0:96.1.1(4B38)", "1-0:1.7.0(001.19*kW)", "1-0:2.7.0(000.00*kW)"];
  const whole = old(...lines);
  for (let end = 5; end < whole.length - 2; end++) {
    const events = open().push(Buffer.concat([whole.subarray(0, end), whole]));
    const readings = events.filter(({ type }) => type === "reading");
    t.match(readings, [{ values: { power_import: 1.19, power_export: 0 } }], `cut at ${end}`);
  }
});

t.test(
  "DSMR 3 sends the value of a gas meter on a line of its own, and times without a season",
  async (t) => {
    const values = onlyReading(
      old(
        "0-0:17.0.0(016*A)",
        "0-1:24.1.0(03)",
        "0-1:96.1.0(3232323241424344313233343536373839)",
        "0-1:24.3.0(090212160000)(00)(60)(1)(0-1:24.2.1)(m3)",
        "(00001.001)",
        "0-1:24.4.0(1)",
      ),
    );
    t.strictSame(values, {
      identification: "DUN3OLD",
      current_limit: 16,
      gas_volume: 1.001,
      gas_time: "2009-02-12T16:00:00",
      gas_id: "2222ABCD123456789",
      gas_valve: 1,
    });
  },
);

t.test("parity bits of a 7E1 line read as 8N1 are taken off, and checked", async (t) => {
  const withParity = (bytes: Buffer): Buffer =>
    bytes.map((byte) =>
      byte.toString(2).replaceAll("0", "").length % 2 === 0 ? byte : byte | 0x80,
    ) as Buffer;
  const bytes = withParity(old("1-0:1.7.0(001.19*kW)"));
  t.match(onlyReading(bytes), { power_import: 1.19 });
  t.match(onlyReading(withParity(TELEGRAM)), VALUES);
  bytes[25] = (bytes[25] ?? 0) ^ 0x01;
  t.strictSame(discards(open().push(bytes)), [["checksum", bytes.length]]);
});

t.test("an exchanged gas meter: the channel that has a value counts", async (t) => {
  const values = onlyReading(
    withLines(
      "0-1:24.1.0(003)",
      "0-1:96.1.0()",
      "0-1:24.2.1(700101010000W)(00000000)",
      "0-2:24.1.0(003)",
      "0-2:96.1.0(47303033)",
      "0-2:24.2.1(200426223001S)(00246.138*m3)",
    ),
  );
  t.strictSame(values, {
    identification: "DUN5TEST",
    gas_volume: 246.138,
    gas_time: "2020-04-26T22:30:01+02:00",
    gas_id: "G003",
  });
});

t.test("a sub-meter that has never been heard has no value", async (t) => {
  const values = onlyReading(withLines("0-1:24.1.0(003)", "0-1:24.2.1(632525252525W)(00000.000*m3)"));
  t.strictSame(values, { identification: "DUN5TEST", gas_volume: null, gas_time: null });
});

t.test("two sub-meters of one kind, Belgian gas, and a kind that no table has", async (t) => {
  const bytes = withLines(
    "0-1:24.1.0(003)",
    "0-1:24.2.3(200512134558S)(00112.384*m3)",
    "0-2:24.1.0(007)",
    "0-2:24.2.1(200512134558S)(00872.234*m3)",
    "0-3:24.1.0(007)",
    "0-3:24.2.1(200512134558S)(00003.000*m3)",
    "0-4:24.1.0(015)",
    "0-4:24.2.1(200512134558S)(00000.001*MWh)",
  );
  const events = open().push(bytes);
  t.match(events, [
    {
      type: "describe",
      metrics: { water_volume_ch3: { unit: "m3" }, sub_meter_4_energy: { unit: "MW.h" } },
    },
    {
      type: "reading",
      values: { gas_volume: 112.384, water_volume: 872.234, water_volume_ch3: 3, sub_meter_4_energy: 0.001 },
    },
  ]);
});

t.test("a heat meter that counts in another unit says so", async (t) => {
  t.match(open().push(withLines("0-1:24.1.0(012)", "0-1:24.2.1(200512134558S)(00001.234*MWh)")), [
    { type: "describe", metrics: { heat_energy: { type: "number", unit: "MW.h" } } },
    { type: "reading", values: { heat_energy: 1.234 } },
  ]);
});

t.test("Belgium: peaks of the quarter-hour, the month and the months before", async (t) => {
  const bytes = withLines(
    "0-0:96.1.4(50217)",
    "1-0:1.4.0(02.351*kW)",
    "1-0:1.6.0(200509134558S)(02.589*kW)",
    "0-0:98.1.0(2)(1-0:1.6.0)(1-0:1.6.0)(230201000000W)(230117224500W)(04.329*kW)(230301000000W)(230214224500W)(04529*W)",
    "1-0:31.4.0(999*A)",
  );
  t.match(onlyReading(bytes), {
    version: "50217",
    demand_import: 2.351,
    demand_import_max: 2.589,
    demand_import_max_time: "2020-05-09T13:45:58+02:00",
    demand_peak_1: 4.329,
    demand_peak_2: 4.529,
    demand_peak_2_time: "2023-02-14T22:45:00+01:00",
    current_limit: 999,
  });
});

t.test("numbers are exact, and of the metric's unit", async (t) => {
  const values = onlyReading(
    withLines("1-0:1.8.0(0000307*Wh)", "1-0:16.7.0(-00.300*kW)", "1-0:2.7.0(-00.000*kW)"),
  );
  t.strictSame(values, { identification: "DUN5TEST", energy_import: 0.307, power: -0.3, power_export: 0 });
});

t.test("an unknown code with a unit is a metric by its code", async (t) => {
  t.match(open().push(withLines("1-0:1.8.11(007132.419*kWh)")), [
    { type: "describe", metrics: { "1-0_1.8.11": { type: "number", unit: "kW.h" } } },
    { type: "reading", values: { "1-0_1.8.11": 7132.419 } },
  ]);
});

t.test("nothing but objects without a metric is unsupported", async (t) => {
  const bytes = withLines("1-0:99.97.0(1)(0-0:96.7.19)(000104180320W)(0000237126*s)");
  t.strictSame(open().push(bytes), [{ type: "discard", bytes: bytes.length, reason: "unsupported" }]);
});

t.test("encrypted telegrams: with the key a reading, without it a word", async (t) => {
  const keys = {
    encryption: Buffer.from(ENCRYPTION_KEY, "hex"),
    authentication: Buffer.from("00112233445566778899AABBCCDDEEFF", "hex"),
  };
  const envelope = writeEnvelope(TELEGRAM, keys, Buffer.from("DUN00001"), 7);
  t.strictSame(open({ encryptionKey: ENCRYPTION_KEY }).push(envelope), [{ type: "reading", values: VALUES }]);
  const session = open();
  const unsupported = { type: "discard", bytes: envelope.length, reason: "unsupported" };
  t.match(session.push(envelope), [{ type: "log", text: /encryptionKey/ }, unsupported]);
  t.strictSame(session.push(envelope), [unsupported], "said once");
  t.strictSame(discards(open({ encryptionKey: "0".repeat(32) }).push(envelope)), [
    ["checksum", envelope.length],
  ]);
  envelope[40] = (envelope[40] ?? 0) ^ 1;
  t.strictSame(discards(open({ encryptionKey: ENCRYPTION_KEY }).push(envelope)), [
    ["checksum", envelope.length],
  ]);
});

t.test("impossible times are no value", async (t) => {
  for (const time of ["201332000000W", "200230000000W", "200101240000W", "2001010000", ""])
    t.strictSame(onlyReading(withLines(`0-0:1.0.0(${time})`)), {
      identification: "DUN5TEST",
      meter_time: null,
    });
});
