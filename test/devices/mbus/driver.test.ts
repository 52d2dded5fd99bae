import t from "tap";
import { mbus } from "../../../devices/mbus/driver.ts";
import { secondaryAddress } from "../../../devices/mbus/identity.ts";
import { writeResponse, writeSelect, writeShort } from "../../../devices/mbus/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const HEAD = "78563412 2d2c 01 04 07 00 0000";
const ACK = Buffer.of(0xe5);
const open = (settings: object = {}): Session => mbus.open(settingsOf(mbus, settings));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const answer = (records: string, address = 1): Buffer => writeResponse(address, 0x72, hex(HEAD + records));
const asked = (bytes: Buffer): object => ({ type: "exchange", bytes });
const values = (events: readonly DriverEvent[]): object[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
const discards = (events: readonly DriverEvent[]): string[] =>
  events.flatMap((event) => (event.type === "discard" ? [`${event.bytes} ${event.reason}`] : []));

const ENERGY = answer("0406 e7910000");

t.test("a readout is a reset, then requests with a turned frame count bit, and one reading", async (t) => {
  const session = open({ address: 5 });
  t.match(session.start?.(), [asked(writeShort(0x40, 5))]);
  t.match(session.push(ACK), [{ type: "release" }, asked(writeShort(0x7b, 5))]);
  t.match(session.push(answer("0406 e7910000 1f", 5)), [
    { type: "describe", metrics: { energy: { type: "number", unit: "Wh" } } },
    { type: "release" },
    asked(writeShort(0x5b, 5)),
  ]);
  const last = session.push(answer("4406 cc880000", 5));
  t.match(last, [
    { type: "describe" },
    { type: "release" },
    { type: "reading", values: { meter_id: "12345678", energy: 37_351_000, energy_s1: 35_020_000 } },
    { type: "wake", afterMs: 60_000 },
  ]);
  t.match(session.wake?.(), [asked(writeShort(0x40, 5))], "and again");
});

t.test("a meter of which the identification is known is selected", async (t) => {
  const session = open({ id: "123456FF", manufacturer: "KAM" });
  t.match(session.start?.(), [asked(writeShort(0x40, 0xfd))]);
  const select = writeSelect(secondaryAddress("123456FF", "KAM"));
  t.equal(select.toString("hex"), "680b0b6853fd52ff5634122d2cffff9416");
  t.match(session.expired?.(), [asked(select)], "nobody was selected, so nobody answers the reset");
  t.match(session.push(ACK), [{ type: "release" }, asked(writeShort(0x7b, 0xfd))]);
  t.same(values(session.push(answer("0406 e7910000", 77))).length, 1, "its primary address is not asked");
});

t.test("what is not answered is asked three times in a row", async (t) => {
  const session = open({ address: 5 });
  session.start?.();
  session.push(ACK);
  t.match(session.expired?.(), [asked(writeShort(0x7b, 5))], "with the same frame count bit");
  t.match(session.expired?.(), [asked(writeShort(0x7b, 5))]);
  t.same(session.expired?.(), [
    { type: "log", text: "no answer from the meter at address 5" },
    { type: "wake", afterMs: 60_000 },
  ]);
  session.wake?.();
  session.expired?.();
  session.expired?.();
  t.same(session.expired?.(), [{ type: "wake", afterMs: 60_000 }], "told of once");
});

t.test("what came before a meter fell silent is a reading", async (t) => {
  const session = open();
  session.start?.();
  session.push(ACK);
  session.push(answer("0406 e7910000 1f"));
  session.expired?.();
  session.expired?.();
  t.match(values(session.expired?.() ?? []), [{ energy: 37_351_000 }]);
});

t.test("read gives the reading, also of the readout that is under way", async (t) => {
  const session = open();
  t.match(session.run?.({ id: "1", name: "read", args: {} }), [{ type: "exchange", urgent: true }]);
  t.same(session.run?.({ id: "2", name: "read", args: {} }), []);
  session.run?.({ id: "3", name: "read", args: {} });
  session.cancel?.("3");
  session.push(ACK);
  const outcomes = session.push(ENERGY).filter(({ type }) => type === "outcome");
  t.match(outcomes, [
    { call: "1", outcome: { ok: true, result: { energy: 37_351_000 } } },
    { call: "2", outcome: { ok: true } },
  ]);
  t.equal(outcomes.length, 2);
});

t.test("read fails with what the meter reports", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "read", args: {} });
  session.push(ACK);
  t.match(session.push(writeResponse(1, 0x70, hex("08"))), [
    { type: "discard", reason: "unsupported" },
    { type: "log" },
    { type: "release" },
    { type: "outcome", outcome: { ok: false, reason: /too busy/ } },
    { type: "wake" },
  ]);
});

t.test("an echo of what was written is no answer", async (t) => {
  const session = open({ id: "A5000000" });
  session.start?.();
  session.expired?.();
  const select = writeSelect(secondaryAddress("A5000000", ""));
  t.same(session.push(select), []);
  t.match(session.push(ACK), [{ type: "release" }, asked(writeShort(0x7b, 0xfd))]);
  const echoed = Buffer.concat([writeShort(0x7b, 0xfd), answer("0406 e7910000")]);
  t.same(
    discards(session.push(echoed)),
    [`${echoed.length - 5} unsupported`],
    "another meter's answer, without the echo",
  );
});

t.test("bytes that begin as an echo would are not lost", async (t) => {
  const session = open();
  session.start?.();
  session.push(ACK);
  t.same(discards(session.push(Buffer.concat([hex("107b00"), ENERGY]))), ["3 noise"]);
});

t.test("the answer of another meter is none of this one's", async (t) => {
  const session = open({ address: 5 });
  t.same(session.push(ENERGY), [{ type: "discard", bytes: ENERGY.length, reason: "unsupported" }]);
});

t.test("after a wrong sum the search goes on inside the frame", async (t) => {
  const wrong = Buffer.concat([ENERGY.subarray(0, 10), hex("68"), ENERGY.subarray(11)]);
  const events = open().push(Buffer.concat([hex("00ff"), wrong, ENERGY, hex("0000")]));
  t.same(discards(events), ["2 noise", `${wrong.length} checksum`]);
  t.equal(values(events).length, 1);
});

t.test("a frame cut off gives no reading, and does not hide the next", async (t) => {
  for (let cut = 1; cut < ENERGY.length; cut++) {
    t.same(values(open().push(ENERGY.subarray(0, cut))), [], `${cut} bytes`);
    t.equal(
      values(open().push(Buffer.concat([ENERGY.subarray(0, cut), ENERGY]))).length,
      1,
      `${cut} and a whole one`,
    );
  }
  const session = open();
  session.push(ENERGY.subarray(0, 12));
  t.same(discards(session.expired?.() ?? []), ["12 truncated"]);
  t.equal(values(session.push(ENERGY)).length, 1);
});

t.test("a cut frame whose sum fits the beginning of the next by chance is no reading", async (t) => {
  const length = ENERGY.length;
  // Of the same length, with a sum and a stop byte where the first one's would be.
  const cut = length - 9;
  const next = Buffer.from(ENERGY);
  const glued = Buffer.concat([ENERGY.subarray(0, cut), next]);
  const sum = glued.subarray(4, length - 2).reduce((total, byte) => (total + byte) & 0xff, 0);
  glued[length - 2] = sum;
  glued[length - 1] = 0x16;
  t.same(values(open().push(glued)), []);
});

for (const [what, records] of [
  ["DIF without VIF", "04"],
  ["content that is too short", "0406 e791"],
  ["11 DIFE", `84${"80".repeat(10)}00 06 00000000`],
  ["11 VIFE", `04 86${"80".repeat(10)}00 00000000`],
  ["reserved DIF", "3f"],
  ["reserved LVAR", "0d78fe00"],
  ["unit text longer than the frame", "04fc40 41"],
] as const)
  t.test(`${what}: unparsable`, async (t) => {
    const frame = answer(records);
    t.same(open().push(frame), [{ type: "discard", bytes: frame.length, reason: "unparsable" }]);
  });

t.test("encrypted data are not read", async (t) => {
  const frame = writeResponse(1, 0x72, hex("78563412 2d2c 01 04 07 00 0005 0406e7910000"));
  t.same(discards(open().push(frame)), [`${frame.length} unsupported`]);
});

t.test("numbers come out exact, and what has no value is null", async (t) => {
  const records = [
    ["0413 4c010000", "volume", 0.332],
    ["0b5a 0200f0", "flow_temperature", -0.2],
    ["02fd48 d108", "voltage", 225.7],
    ["055b 90d30743", "flow_temperature", 135.82642],
    ["0722 0300000000000000", "on_time", 10_800],
    ["04 86 7d 01000000", "energy", 1_000_000],
    ["04 83 79 05000000", "energy", 5.01],
    ["07 03 0100000000002000", "energy", 9_007_199_254_740_992],
    ["0d78 04 34333231", "fabrication_number", "1234"],
    ["0d03 d2 3412", "energy", -1_234],
    ["01fd17 ff", "error_flags", 255],
    ["0c2b bdebdddd", "power", null],
    ["025b 0080", "flow_temperature", null],
    ["052b 0000c07f", "power", null],
    ["0493 15 01000000", "volume", null],
    ["046d a115e917", "date_time", null],
    ["426c 0000", "date_s1", null],
    ["04ad 6f 32147a18", "power_last_end", "2011-08-26T20:50:00"],
    ["466d 000008162700", "date_time_s1", "2016-07-22T08:00:00"],
    ["02fc 03 485225 74 2215", "relative_humidity", 54.1],
    ["02fd c9 fc 01 e600", "voltage_l1", 230],
    ["14 2b 01000000", "power_max", 1],
    ["84 d0 01 06 02000000", "energy_s32_t1_u1", 2_000],
  ] as const;
  for (const [record, name, value] of records)
    t.match(values(open().push(answer(record))), [{ [name]: value }], record);
});

t.test("data with the highest byte first are the same", async (t) => {
  const variable = writeResponse(1, 0x76, hex("12345678 2c2d 01 04 07 00 0000 0406 000091e7"));
  t.same(values(open().push(variable)), values(open().push(ENERGY)));
  const fixed = hex("78563412 0a 00 e97e 01000000 35010000");
  const turned = hex("12345678 0a 00 e97e 00000001 00000135");
  t.same(
    values(open().push(writeResponse(5, 0x77, turned))),
    values(open().push(writeResponse(5, 0x73, fixed))),
  );
  t.match(values(open().push(writeResponse(5, 0x73, fixed))), [
    { volume: 0.001, volume_s1: 0.135, medium: "water" },
  ]);
});

t.test("two records that nothing tells apart have two names", async (t) => {
  t.match(values(open().push(answer("022b e000 022b 36ff 022b 0100"))), [
    { power: 224, power_2: -202, power_3: 1 },
  ]);
});

t.test("a long run of noise is told of in pieces and holds no memory", async (t) => {
  const events = open().push(Buffer.alloc(1_000));
  t.same(discards(events), ["256 noise", "256 noise", "256 noise"]);
});
