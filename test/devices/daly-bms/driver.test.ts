import t from "tap";
import { dalyBms } from "../../../devices/daly-bms/driver.ts";
import { COMMANDS, writeAnswer, writeRequest } from "../../../devices/daly-bms/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (settings: object = {}): Session => dalyBms.open(settingsOf(dalyBms, settings));
const write = (bytes: Uint8Array): object => ({ type: "write", bytes });
const after = (afterMs: number): object => ({ type: "wake", afterMs });
const answer = (command: number, hex: string): Buffer => writeAnswer(command, Buffer.from(hex, "hex"));
const STATUS = answer(COMMANDS.status, "0402010003012c43");
const PACK = answer(COMMANDS.pack, "0085000074b501e4");
const FIRST_CELLS = answer(COMMANDS.cellVoltages, "010cfd0cfe0cff40");
const LAST_CELLS = answer(COMMANDS.cellVoltages, "020d000000000040");

function readings(events: readonly DriverEvent[] | undefined): object[] {
  return (events ?? []).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}
const discards = (events: readonly DriverEvent[]): unknown[] =>
  events.filter(({ type }) => type === "discard");

t.test("a round asks for the status first, and for everything", async (t) => {
  const session = open();
  const round = [0x94, 0x90, 0x91, 0x92, 0x93, 0x95, 0x96, 0x97, 0x98];
  let events = session.start?.();
  for (const command of round) {
    t.same(events, [write(writeRequest("computer", command)), after(300)]);
    session.push(writeAnswer(command, Buffer.alloc(8)));
    events = session.wake?.();
  }
  t.same(events, [after(5_000 - 9 * 300)], "the rest of the interval");
  t.match(session.wake?.(), [write(writeRequest("computer", 0x94)), { type: "wake" }]);
});

t.test("what is not answered is asked once more, then the next", async (t) => {
  const session = open({ host: "bluetooth" });
  session.start?.();
  t.equal(writeRequest("bluetooth", 0x94)[1], 0x80);
  t.same(session.wake?.(), [write(writeRequest("bluetooth", 0x94)), after(300)]);
  t.match(session.wake?.(), [write(writeRequest("bluetooth", 0x90)), after(300)]);
});

t.test("the current's sign, as it is and turned", async (t) => {
  t.match(readings(open().push(PACK)), [{ current: -12.3 }]);
  t.match(readings(open({ invertCurrent: true }).push(PACK)), [{ current: 12.3 }]);
  const zero = answer(COMMANDS.pack, "00850000753001e4");
  t.strictSame(readings(open({ invertCurrent: true }).push(zero)), [
    { voltage: 13.3, acquisition_voltage: 0, current: 0, state_of_charge: 48.4 },
  ]);
});

t.test("cells are one reading when all their frames have come", async (t) => {
  const session = open();
  session.push(STATUS);
  t.same(session.push(FIRST_CELLS), []);
  const events = session.push(LAST_CELLS);
  t.match(events[0], { type: "describe", metrics: { cell_voltage_4: { unit: "V" } } });
  t.strictSame(readings(events), [
    { cell_voltage_1: 3.325, cell_voltage_2: 3.326, cell_voltage_3: 3.327, cell_voltage_4: 3.328 },
  ]);
  t.same(session.push(answer(COMMANDS.cellVoltages, "0300000000000040")), [], "padding");
  t.match(session.push(Buffer.concat([FIRST_CELLS, LAST_CELLS])), [{ type: "reading" }], "told of once");
});

t.test("frames numbered from 0", async (t) => {
  const session = open({ cells: 6 });
  const frames = ["000cfd0cfe0cff40", "010d000d010d0240", "0200000000000040"].map((hex) =>
    answer(COMMANDS.cellVoltages, hex),
  );
  for (let round = 0; round < 2; round++)
    t.match(readings(session.push(Buffer.concat(frames))), [{ cell_voltage_1: 3.325, cell_voltage_6: 3.33 }]);
});

t.test("frames of two answers are never put together", async (t) => {
  const session = open();
  session.push(STATUS);
  const lost = (frames: number): object => ({ type: "discard", bytes: 13 * frames, reason: "truncated" });
  t.same(session.push(FIRST_CELLS), []);
  t.match(session.push(PACK), [lost(1), { type: "reading" }]);
  t.same(session.push(LAST_CELLS), [lost(1)]);
  session.push(FIRST_CELLS);
  t.same(session.push(answer(COMMANDS.cellVoltages, "030d000d000d0040")), [lost(2)], "the second is missing");
  session.push(FIRST_CELLS);
  t.match(session.push(Buffer.concat([FIRST_CELLS, LAST_CELLS])), [
    lost(1),
    { type: "describe" },
    { type: "reading" },
  ]);
});

t.test("charge and discharge succeed when the BMS says so", async (t) => {
  for (const [name, command] of [
    ["charge", COMMANDS.setCharge],
    ["discharge", COMMANDS.setDischarge],
  ] as const)
    for (const on of [true, false]) {
      const session = open();
      t.same(session.run?.({ id: "1", name, args: { on } }), [
        write(writeRequest("computer", command, on ? 1 : 0)),
        after(300),
      ]);
      // As recorded: behind the first byte are cells' voltages of an earlier answer.
      t.same(session.push(answer(command, `0${on ? 1 : 0}0d130d210d17c0`)), [
        { type: "outcome", call: "1", outcome: { ok: true } },
      ]);
      t.match(session.wake?.(), [write(writeRequest("computer", 0x94)), after(300)], "and a round follows");
    }
});

t.test("a command fails if the MOSFET stays as it is, or nobody answers", async (t) => {
  const call = { id: "1", name: "discharge", args: { on: true } };
  const failed = (reason: RegExp): object => ({ call: "1", outcome: { ok: false, reason } });
  const tripped = open();
  tripped.run?.(call);
  t.match(tripped.push(answer(COMMANDS.setDischarge, "00")), [failed(/does not switch/)]);
  const silent = open();
  silent.run?.(call);
  silent.wake?.();
  t.match(silent.wake?.(), [failed(/does not answer/), { type: "wake" }]);
});

t.test("a command waits for the answer that is on its way, and can be cancelled meanwhile", async (t) => {
  const session = open();
  session.start?.();
  t.same(session.run?.({ id: "1", name: "charge", args: { on: false } }), []);
  t.same(session.run?.({ id: "2", name: "discharge", args: { on: false } }), []);
  session.cancel?.("1");
  t.match(session.wake?.(), [write(writeRequest("computer", 0x94)), after(300)], "nobody answered yet");
  session.push(STATUS);
  t.match(session.wake?.(), [write(writeRequest("computer", COMMANDS.setDischarge, 0)), after(300)]);
  session.cancel?.("2");
  t.same(session.push(answer(COMMANDS.setDischarge, "00")), []);
});

t.test("what gives no reading is discarded, by reason", async (t) => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["one's own request", writeRequest("computer", 0x90), "unsupported"],
    ["another host's", writeRequest("bluetooth", 0x90), "unsupported"],
    ["cells before their number", FIRST_CELLS, "unsupported"],
    ["thermometers before their number", answer(COMMANDS.temperatures, "0140"), "unsupported"],
    ["more than 100 %", answer(COMMANDS.pack, "00850000753003e9"), "unparsable"],
    ["no cell", answer(COMMANDS.status, "0002"), "unparsable"],
    ["too many cells", answer(COMMANDS.status, "3102"), "unparsable"],
    ["too many thermometers", answer(COMMANDS.status, "0411"), "unparsable"],
  ];
  for (const [what, bytes, reason] of cases)
    t.same(open().push(bytes), [{ type: "discard", bytes: 13, reason }], what);
});

t.test("a state that there is not is null", async (t) => {
  t.match(readings(open().push(answer(COMMANDS.mosfets, "0701010000000000"))), [{ state: null }]);
});

t.test("zeros before a frame, a wrong sum, and the search that goes on at sync + 1", async (t) => {
  const broken = Buffer.from(PACK);
  broken[5] = (broken[5] ?? 0) ^ 1;
  const events = open().push(Buffer.concat([Buffer.of(0, 0), PACK, broken, PACK]));
  t.same(discards(events), [
    { type: "discard", bytes: 2, reason: "noise" },
    { type: "discard", bytes: 13, reason: "checksum" },
  ]);
  t.equal(readings(events).length, 2);
  // The frame begins inside of what a head in the noise lays claim to.
  const claim = Buffer.from("a5019008", "hex");
  const found = open().push(Buffer.concat([claim, PACK]));
  t.same(discards(found), [{ type: "discard", bytes: 4, reason: "truncated" }]);
  t.equal(readings(found).length, 1);
});

t.test("a frame cut off anywhere, whose sum fits the next one's beginning, is no reading", async (t) => {
  for (let cut = 4; cut < 12; cut++) {
    // The byte before the cut is made such that the sum over both parts is what stands where the sum would be.
    const glued = Buffer.concat([PACK.subarray(0, cut), PACK]);
    const sum = glued.subarray(0, 12).reduce((total, byte) => total + byte, 0);
    glued[cut - 1] = ((glued[cut - 1] ?? 0) + (glued[12] ?? 0) - sum) & 0xff;
    t.equal(glued.subarray(0, 12).reduce((total, byte) => total + byte, 0) & 0xff, glued[12], "it does fit");
    t.match(readings(open().push(glued)), [{ voltage: 13.3 }], `cut at ${cut}`);
    t.equal(readings(open().push(glued)).length, 1);
  }
});

t.test("no more than one frame is held back", async (t) => {
  const head = Buffer.from("a5019008", "hex");
  t.same(open().push(Buffer.concat([head, Buffer.alloc(9, 0xff)])), [
    { type: "discard", bytes: 13, reason: "checksum" },
  ]);
});
