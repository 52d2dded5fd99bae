import t from "tap";
import { rfxcom } from "../../../devices/rfxcom/driver.ts";
import { TYPE, writePacket } from "../../../devices/rfxcom/protocol.ts";
import type { Call, DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (settings: object = {}): Session => rfxcom.open(settingsOf(rfxcom, settings));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ack = (sequence: number, result = 0): Buffer => hex(`0402 01 ${byte(sequence)} ${byte(result)}`);
const byte = (value: number): string => value.toString(16).padStart(2, "0");
const AC_ON: Call = {
  id: "1",
  name: "lighting2",
  args: { model: "AC", id: "00c14253", unit: 3, command: "on" },
};
const STATUS = hex("14 01 00 00 02 53 2d 00 08 24 00 01 03 1c 10 2a 00 00 00 00 00");

function written(events: readonly DriverEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "write" ? [Buffer.from(event.bytes).toString("hex")] : [],
  );
}
/** The status as an answer to that request. */
function statusFor(sequence: number, command = 2): Buffer {
  const reply = Buffer.from(STATUS);
  reply[3] = sequence;
  reply[4] = command;
  return reply;
}
const ticks = (session: Session, count: number): DriverEvent[] =>
  Array.from({ length: count }, () => session.wake?.() ?? []).flat();

t.test("it resets, asks for the status, and starts the receiver", async (t) => {
  const session = open();
  t.same(written(session.start?.() ?? []), ["0d000000" + "00".repeat(10)]);
  t.same(written(ticks(session, 9)), [], "for a second nothing is heard");
  t.same(written(ticks(session, 1)), ["0d00000102" + "00".repeat(9)]);
  const events = session.push(statusFor(1));
  t.same(written(events), ["0d00000207" + "00".repeat(9)]);
  t.match(events, [
    { type: "sense" },
    { type: "log", text: "RFXtrx 433.92 MHz, firmware 1045, listens for LACROSSE,AC,OREGON" },
    {},
  ]);
  const started = writePacket(TYPE.interfaceMessage, 7, 2, Buffer.from("\x07Copyright RFXCOM"));
  t.same(session.push(started), [{ type: "sense" }]);
  t.same(written(session.run?.(AC_ON) ?? []), ["0b11000300c14253030100" + "00"], "then commands");
});

t.test("protocols of the settings are set, with the receiver and the power that it told", async (t) => {
  const session = open({ protocols: ["AC", "OREGON", "BLYSS", "HOMECONFORT"] });
  session.start?.();
  ticks(session, 10);
  t.same(written(session.push(statusFor(1))), ["0d00000203531c01002402000000"]);
  t.same(written(session.push(statusFor(2, 3))), ["0d00000307" + "00".repeat(9)]);
  t.throws(() => settingsOf(rfxcom, { protocols: ["NONE"] }));
});

t.test("one that does not answer is asked again, told of once, and heard all the same", async (t) => {
  const session = open();
  session.start?.();
  t.same(written(ticks(session, 10)).length, 1);
  const events = ticks(session, 10);
  t.match(
    events.filter(({ type }) => type === "log"),
    [{ text: /does not answer/ }],
  );
  t.equal(written(events).length, 1);
  const later = ticks(session, 40);
  t.equal(written(later).length, 2, "every two seconds");
  t.same(
    later.filter(({ type }) => type === "log"),
    [],
  );
  t.match(session.push(hex("08 50 05 07 5102 00d6 59")), [
    { type: "reading", values: { temperature: 21.4 } },
  ]);
});

t.test("a transmission ends by the answer to it, and the next one waits for that", async (t) => {
  const session = open();
  t.same(written(session.run?.(AC_ON) ?? []), ["0b11000000c1425303010000"]);
  t.same(session.run?.({ ...AC_ON, id: "2" }), []);
  t.same(session.push(ack(7)), [{ type: "discard", bytes: 5, reason: "unsupported" }], "of another one");
  t.match(session.push(ack(0, 1)), [
    { type: "sense" },
    { type: "outcome", call: "1", outcome: { ok: true } },
    { type: "write", bytes: hex("0b 11 00 01 00c14253 03 01 00 00") },
  ]);
  t.match(session.push(ack(1, 2)), [{}, { call: "2", outcome: { ok: false, reason: /did not lock/ } }]);
  session.run?.({ ...AC_ON, id: "3" });
  t.match(session.push(ack(2, 3)), [{}, { call: "3", outcome: { ok: false, reason: /this id/ } }]);
});

t.test("a transmission without an answer fails, and the next one is sent", async (t) => {
  const session = open();
  session.run?.(AC_ON);
  session.run?.({ ...AC_ON, id: "2" });
  const events = ticks(session, 100).filter(({ type }) => type !== "wake");
  t.match(events, [{ call: "1", outcome: { ok: false, reason: /does not say/ } }, { type: "write" }]);
  t.match(session.push(ack(0)), [{ type: "discard" }], "too late");
});

t.test("a cancelled one is still waited for, one that waits is never sent", async (t) => {
  const session = open();
  session.run?.(AC_ON);
  session.run?.({ ...AC_ON, id: "2" });
  session.run?.({ ...AC_ON, id: "3" });
  t.same(session.cancel?.("2"), []);
  t.same(session.cancel?.("1"), []);
  t.same(written(session.push(ack(0))), ["0b11000100c1425303010000"]);
  t.match(session.push(ack(1)), [{}, { call: "3", outcome: { ok: true } }]);
});

t.test("what each command transmits", async (t) => {
  for (const [name, args, payload] of [
    ["lighting1", { model: "ARC", house: "D", unit: 2, command: "all_off" }, "0710 01 00 44 02 05 00"],
    [
      "lighting2",
      { model: "HomeEasyEU", id: "3ffffff", unit: 16, command: "set_level", level: 7 },
      "0b11 01 00 03ffffff 10 02 07 00",
    ],
    ["lighting4", { code: "a1b2c3", pulse_width: 350 }, "0913 00 00 a1b2c3 015e 00"],
    [
      "lighting5",
      { model: "RSL", id: "f09ac7", unit: 2, command: "group_on" },
      "0a14 04 00 f09ac7 02 03 00 00",
    ],
    [
      "lighting6",
      { model: "Blyss", id: "f09a", house: "B", unit: 3, command: "off", press: 148 },
      "0b15 00 00 f09a 42 03 01 03 02 00",
    ],
    ["fan", { model: "Falmec", id: "f", command: "light_on" }, "0817 08 00 00000f 0a 00"],
    ["curtain", { house: "A", unit: 1, command: "stop" }, "0718 00 00 41 01 02 00"],
    ["blinds", { model: "T13", id: "000102", unit: 3, command: "angle_minus" }, "0919 0d 00 000102 03 05 00"],
    [
      "rfy",
      { model: "ASA", id: "a1b2c", unit: 4, command: "disable_sun" },
      "0c1a 03 00 0a1b2c 04 14 000000 00",
    ],
    ["security", { model: "X10remote", id: "aabbcc", command: "panic" }, "0820 02 00 aabbcc 06 00"],
    ["send", { type: 0x42, subtype: 1, payload: "019fab0200" }, "0842 01 00 019fab0200"],
  ] as const)
    t.same(
      written(open().run?.({ id: "1", name, args: { model: "Harrison", ...args } }) ?? []),
      [payload.replaceAll(" ", "")],
      name,
    );
});

t.test("what cannot be sent is not", async (t) => {
  for (const [name, args, reason] of [
    ["lighting2", { model: "AC", id: "4000000", unit: 1, command: "on" }, /up to 3ffffff/],
    ["lighting2", { model: "AC", id: "xyz", unit: 1, command: "on" }, /use hex/],
    ["lighting5", { model: "Livolo", id: "1", unit: 1, command: "mood_1" }, /Livolo knows group_off/],
    ["send", { type: 17, subtype: 0, payload: "0" }, /two digits a byte/],
    ["mode", { protocols: "AC,OREGANO" }, /OREGANO is no protocol/],
    ["mode", { protocols: "AC" }, /ask for its status first/],
  ] as const)
    t.match(open().run?.({ id: "1", name, args }), [{ outcome: { ok: false, reason } }], name);
});

t.test("status and mode", async (t) => {
  const session = open();
  t.same(written(session.run?.({ id: "1", name: "status", args: {} }) ?? []), [
    "0d00000002" + "00".repeat(9),
  ]);
  const result = {
    receiver: "433.92 MHz",
    firmware: 1045,
    firmware_type: "ProXL 1",
    hardware: "1.3",
    protocols: "LACROSSE,AC,OREGON",
    power: 10,
    noise: 42,
  };
  t.same(session.push(statusFor(0)), [
    { type: "sense" },
    { type: "outcome", call: "1", outcome: { ok: true, result } },
  ]);
  const mode = { id: "2", name: "mode", args: { protocols: "x10, rsl" } };
  t.same(written(session.run?.(mode) ?? []), ["0d00000103531c10000100000000"]);
  t.match(session.push(hex("0d 01 ff 01 03 53 2d 00 00 00 00 00 00 00")), [
    {},
    { call: "2", outcome: { ok: false, reason: /does not know/ } },
  ]);
  session.run?.({ id: "3", name: "status", args: {} });
  t.match(ticks(session, 20).at(-1), { call: "3", outcome: { ok: false, reason: /does not answer/ } });
});

t.test("the short status of old firmware", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "status", args: {} });
  t.match(session.push(hex("0d 01 00 00 02 53 5e 08 02 25 00 01 01 00")), [
    {},
    {
      outcome: {
        ok: true,
        result: {
          firmware: 94,
          hardware: "1.1",
          power: null,
          protocols: "LIGHTING4,LIGHTWAVERF,X10,AC,OREGON",
        },
      },
    },
  ]);
});
