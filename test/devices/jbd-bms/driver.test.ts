import t from "tap";
import { jbdBms } from "../../../devices/jbd-bms/driver.ts";
import { writeAnswer, writeMosfets, writeRead } from "../../../devices/jbd-bms/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (): Session => jbdBms.open(settingsOf(jbdBms));
const write = (bytes: Uint8Array): object => ({ type: "write", bytes });
const after = (afterMs: number): object => ({ type: "wake", afterMs });
const BASIC = basic();
const CELLS = writeAnswer(0x04, Buffer.from("0cfd0cfe", "hex"));
const MODEL = writeAnswer(0x05, Buffer.from("JBD-SP04S034"));
const ACK = writeAnswer(0xe1, Buffer.alloc(0));

/** Register 03 of a pack of two cells with one thermometer, and what is changed in it. */
function basic(change: (data: Buffer) => void = () => undefined, tail = ""): Buffer {
  const data = Buffer.from(`0a8cfee101f201f4002a2c7c00000000000080640302010b8b${tail}`, "hex");
  change(data);
  return writeAnswer(0x03, data);
}

function readings(events: readonly DriverEvent[] | undefined): object[] {
  return (events ?? []).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}
const discards = (events: readonly DriverEvent[]): unknown[] =>
  events.filter(({ type }) => type === "discard");

t.test("a round asks for 03, 04 and the name, one after the other", async (t) => {
  const session = open();
  t.same(session.start?.(), [write(writeRead(0x03)), after(250)]);
  t.equal(readings(session.push(BASIC)).length, 1);
  t.same(session.wake?.(), [write(writeRead(0x04)), after(250)]);
  session.push(CELLS);
  t.same(session.wake?.(), [write(writeRead(0x05)), after(250)]);
  t.same(readings(session.push(MODEL)), [{ model: "JBD-SP04S034" }]);
  t.same(session.wake?.(), [after(1_250)], "the rest of the interval");
  t.same(session.wake?.(), [write(writeRead(0x03)), after(250)]);
  session.push(BASIC);
  session.wake?.();
  session.push(CELLS);
  t.same(session.wake?.(), [after(1_500)], "the name is known");
});

t.test("a BMS that sleeps is asked twice, then the next thing", async (t) => {
  const session = open();
  session.start?.();
  t.same(session.wake?.(), [write(writeRead(0x03)), after(250)]);
  t.same(session.wake?.(), [write(writeRead(0x04)), after(250)]);
});

t.test("a value of each kind", async (t) => {
  const events = open().push(BASIC);
  t.match(events[0], { type: "describe", metrics: { temperature_1: { unit: "Cel" } } });
  t.strictSame(readings(events), [
    {
      voltage: 27,
      current: -2.87,
      remaining_capacity: 4.98,
      nominal_capacity: 5,
      cycles: 42,
      production_date: "2022-03-28",
      balancing: false,
      balance_bits: 0,
      protections: "",
      protection_bits: 0,
      version: "8.0",
      state_of_charge: 100,
      charge_mosfet: true,
      discharge_mosfet: true,
      cells: 2,
      temperature_sensors: 1,
      temperature_1: 22.4,
    },
  ]);
  t.strictSame(readings(open().push(CELLS)), [{ cell_voltage_1: 3.325, cell_voltage_2: 3.326 }]);
});

t.test("cells and thermometers are told of once, and again when there are more", async (t) => {
  const session = open();
  t.match(session.push(CELLS), [{ type: "describe" }, { type: "reading" }]);
  t.match(session.push(CELLS), [{ type: "reading" }]);
  t.match(session.push(writeAnswer(0x04, Buffer.alloc(6))), [
    { type: "describe", metrics: { cell_voltage_3: { unit: "V" } } },
    { type: "reading", values: { cell_voltage_3: 0 } },
  ]);
});

t.test("what is no value is null", async (t) => {
  const empty = (word: number): Buffer =>
    basic((data) => {
      data.writeUInt16BE(0, 10);
      data.writeUInt16BE(word, 23);
    });
  for (const word of [0, 0xffff])
    t.match(readings(open().push(empty(word))), [{ production_date: null, temperature_1: null }]);
});

t.test("bits of protections and of balancing", async (t) => {
  const tripped = basic((data) => {
    data.writeUInt16BE(0x8001, 12);
    data.writeUInt16BE(0x8000, 14);
    data.writeUInt16BE(0x1401, 16);
    data[20] = 0;
  });
  t.match(readings(open().push(tripped)), [
    {
      balancing: true,
      balance_bits: 0x80008001,
      protections: "cell-overvoltage,short-circuit,mosfet-lock",
      protection_bits: 0x1401,
      charge_mosfet: false,
      discharge_mosfet: false,
    },
  ]);
});

t.test("the tail is believed if its remaining capacity agrees", async (t) => {
  t.match(readings(open().push(basic(undefined, "00000001f401f20000"))), [{ full_capacity: 5 }]);
  const [values] = readings(open().push(basic(undefined, "00000001f401f30000")));
  t.notOk(Object.hasOwn(values ?? {}, "full_capacity"));
});

t.test("a name with its length before it, or zeros after it", async (t) => {
  for (const hex of ["044a424431", "4a424431000000"])
    t.same(readings(open().push(writeAnswer(0x05, Buffer.from(hex, "hex")))), [{ model: "JBD1" }]);
});

t.test("mosfets is written at once in a pause, and succeeds when it is confirmed", async (t) => {
  const session = open();
  const order = writeMosfets({ charge: true, discharge: false });
  const call = { id: "1", name: "mosfets", args: { charge: true, discharge: false } };
  t.same(session.run?.(call), [write(order), after(250)]);
  t.same(session.push(ACK), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
  t.same(session.wake?.(), [write(writeRead(0x03)), after(250)], "and what it has done is read");
  t.same(session.push(ACK), [], "it counts once");
});

t.test("mosfets waits for the answer that is on its way", async (t) => {
  const session = open();
  session.start?.();
  const call = { id: "1", name: "mosfets", args: { charge: false, discharge: false } };
  t.same(session.run?.(call), []);
  session.push(BASIC);
  t.same(session.wake?.(), [write(writeMosfets({ charge: false, discharge: false })), after(250)]);
});

t.test("mosfets fails if it is refused, or never answered", async (t) => {
  const call = { id: "1", name: "mosfets", args: { charge: true, discharge: true } };
  const failed = (reason: RegExp): object => ({ call: "1", outcome: { ok: false, reason } });
  const refused = open();
  refused.run?.(call);
  t.match(refused.push(writeAnswer(0xe1, Buffer.alloc(0), false)), [
    { type: "discard", reason: "unsupported" },
    failed(/refuses/),
  ]);
  const silent = open();
  silent.run?.(call);
  t.match(silent.wake?.(), [write(writeMosfets({ charge: true, discharge: true })), after(250)]);
  t.match(silent.wake?.(), [failed(/does not answer/), after(2_000 - 500)]);
});

t.test("cancel ends the waiting, in the queue and on the line", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "mosfets", args: { charge: true, discharge: true } });
  session.run?.({ id: "2", name: "mosfets", args: { charge: true, discharge: false } });
  t.same(session.cancel?.("1"), []);
  t.same(session.cancel?.("2"), []);
  t.same(session.push(ACK), []);
  t.match(session.wake?.(), [{ type: "wake" }]);
});

t.test("what is no answer to a poll is discarded, by reason", async (t) => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["one's own request", writeRead(0x03), "unsupported"],
    ["another register", writeAnswer(0xaa, Buffer.alloc(22)), "unsupported"],
    ["a refusal", writeAnswer(0x03, Buffer.alloc(0), false), "unsupported"],
    ["basic information cut short", writeAnswer(0x03, Buffer.alloc(20)), "unparsable"],
    ["thermometers that are not there", basic((data) => (data[22] = 2)), "unparsable"],
    ["half a cell", writeAnswer(0x04, Buffer.alloc(3)), "unparsable"],
    ["no cell", writeAnswer(0x04, Buffer.alloc(0)), "unparsable"],
    ["a name that is no text", writeAnswer(0x05, Buffer.of(1, 2, 3)), "unparsable"],
  ];
  for (const [what, bytes, reason] of cases)
    t.same(open().push(bytes), [{ type: "discard", bytes: bytes.length, reason }], what);
});

t.test("noise, a wrong check, and the search that goes on at sync + 1", async (t) => {
  const broken = Buffer.from(CELLS);
  broken[5] = (broken[5] ?? 0) ^ 1;
  const stream = Buffer.concat([Buffer.from("0000dd", "hex"), CELLS, broken, CELLS]);
  const events = open().push(stream);
  t.same(discards(events), [
    { type: "discard", bytes: 3, reason: "noise" },
    { type: "discard", bytes: broken.length, reason: "checksum" },
  ]);
  t.equal(readings(events).length, 2);
  // The length was what was wrong: the next frame lies inside of what the broken one claims.
  const tooLong = Buffer.from(CELLS);
  tooLong[3] = 16;
  const found = open().push(Buffer.concat([tooLong, CELLS, CELLS]));
  t.equal(readings(found).length, 2);
  t.same(discards(found), [{ type: "discard", bytes: tooLong.length, reason: "truncated" }]);
});

t.test("a frame cut off anywhere gives no reading, and the next one does", async (t) => {
  for (let cut = 1; cut < BASIC.length; cut++) {
    t.same(readings(open().push(BASIC.subarray(0, cut))), [], `cut at ${cut}`);
    t.match(readings(open().push(Buffer.concat([BASIC.subarray(0, cut), CELLS, CELLS, CELLS]))), [
      { cell_voltage_1: 3.325 },
      { cell_voltage_1: 3.325 },
      { cell_voltage_1: 3.325 },
    ]);
  }
});

t.test("no more than the longest frame is held back", async (t) => {
  const claims = Buffer.from("dd030040", "hex");
  const events = open().push(Buffer.concat([claims, Buffer.alloc(67)]));
  t.same(events, [{ type: "discard", bytes: 71, reason: "checksum" }]);
  t.same(
    open()
      .push(Buffer.concat([Buffer.from("dd0300ff", "hex"), CELLS]))
      .at(0),
    {
      type: "discard",
      bytes: 4,
      reason: "noise",
    },
  );
});
