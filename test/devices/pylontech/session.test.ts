import t from "tap";
import { pylontech } from "../../../devices/pylontech/driver.ts";
import { writeFrame, writeQuery, type Query } from "../../../devices/pylontech/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";
import { ALARMS, ANALOG, MANAGEMENT, SERIAL_NUMBER } from "./infos.ts";

const open = (settings: object = {}): Session => pylontech.open(settingsOf(pylontech, settings));
const answer = (hex: string, address = 2): Buffer => writeFrame(0, address, Buffer.from(hex, "hex"));
const refusal = (code: number): Buffer => writeFrame(code, 2, Buffer.alloc(0));
const asks = (query: Query, address = 2): object => ({
  type: "exchange",
  bytes: writeQuery(query, address),
  limitMs: 500,
  gapMs: 20,
});

function readings(events: readonly DriverEvent[] | undefined): object[] {
  return (events ?? []).flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

function exchanges(events: readonly DriverEvent[] | undefined): object[] {
  return (events ?? []).filter(({ type }) => type === "exchange");
}

t.test("a round asks one thing after the other, and is one reading", async (t) => {
  const session = open();
  t.same(session.start?.(), [{ type: "wake", afterMs: 5_000 }, asks("analog")]);
  t.match(session.push(answer(ANALOG)), [
    { type: "release" },
    { type: "describe", metrics: { cell_voltage_3: { unit: "V" }, temperature_2: { unit: "Cel" } } },
    asks("alarms"),
  ]);
  t.same(session.push(answer(ALARMS)), [{ type: "release" }, asks("management")]);
  t.same(session.push(answer(MANAGEMENT)), [{ type: "release" }, asks("serialNumber")]);
  t.match(session.push(answer(SERIAL_NUMBER)), [
    { type: "release" },
    {
      type: "reading",
      values: {
        voltage: 9.903,
        protection_bits: 0x12,
        charge_allowed: true,
        serial_number: "SIM2000000000001",
      },
    },
  ]);
  session.wake?.();
  session.push(answer(ANALOG));
  session.push(answer(ALARMS));
  const [reading] = readings(session.push(answer(MANAGEMENT)));
  t.match(reading, { voltage: 9.903 });
  t.notOk(Object.hasOwn(reading ?? {}, "serial_number"), "asked for until it is known");
});

t.test("an answer from another battery, another query or another device is waited past", async (t) => {
  const session = open();
  session.start?.();
  const strange = [
    answer(ANALOG, 3),
    answer(`1103${ANALOG.slice(4)}`),
    answer(ALARMS),
    writeQuery("analog", 2),
    Buffer.from("~20024A00E00202FD27\r"),
  ];
  for (const bytes of strange) t.match(session.push(bytes), [{ type: "discard" }], bytes.toString("latin1"));
  t.match(session.push(answer(ANALOG)), [{ type: "release" }, { type: "describe" }, asks("alarms")]);
});

t.test("an answer that comes twice is not taken for that to the next query", async (t) => {
  const session = open();
  session.start?.();
  session.push(answer(ANALOG));
  session.push(answer(ALARMS));
  session.push(answer(MANAGEMENT));
  const twice = Buffer.concat([answer(SERIAL_NUMBER), answer(SERIAL_NUMBER)]);
  t.match(session.push(twice), [
    { type: "release" },
    { type: "discard", reason: "unsupported" },
    { type: "reading" },
  ]);
});

t.test("what the battery does not know is not asked for again", async (t) => {
  const session = open();
  session.start?.();
  session.push(answer(ANALOG));
  session.push(answer(ALARMS));
  t.match(session.push(refusal(0x04)), [
    { type: "discard", reason: "unsupported" },
    { type: "release" },
    { type: "log", text: "management: it does not know this request" },
    asks("serialNumber"),
  ]);
  t.equal(readings(session.push(answer(SERIAL_NUMBER))).length, 1, "the reading has the others");
  session.wake?.();
  session.push(answer(ANALOG));
  t.equal(readings(session.push(answer(ALARMS))).length, 1);
});

t.test("no answer: once more at once, then the others have the line", async (t) => {
  const session = open();
  session.start?.();
  t.same(session.expired?.(), [asks("analog")]);
  t.same(session.expired?.(), [{ type: "log", text: "no answer from 2 within 500 ms" }]);
  t.match(session.wake?.(), [{ type: "wake", afterMs: 5_000 }, asks("analog")]);
});

t.test("what has come before the battery fell silent is still a reading", async (t) => {
  const session = open();
  session.start?.();
  session.push(answer(ANALOG));
  session.expired?.();
  t.match(readings(session.expired?.()), [{ voltage: 9.903 }]);
});

t.test("who stays silent is asked more and more rarely, and at once again when it answers", async (t) => {
  const session = open({ pollMs: 10_000 });
  session.start?.();
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    while (exchanges(session.expired?.()).length > 0);
    for (const event of session.wake?.() ?? []) if (event.type === "wake") waits.push(event.afterMs);
  }
  t.same(waits, [10_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000]);
  session.push(answer(ANALOG));
  session.push(answer(ALARMS));
  session.push(answer(MANAGEMENT));
  session.push(answer(SERIAL_NUMBER));
  t.match(session.wake?.(), [{ type: "wake", afterMs: 10_000 }]);
});

t.test("a round that is not through takes the next one's place", async (t) => {
  const session = open();
  session.start?.();
  t.same(session.wake?.(), [{ type: "wake", afterMs: 5_000 }]);
});

t.test("half an answer of one turn is not the beginning of the next turn's", async (t) => {
  const session = open();
  session.start?.();
  const whole = answer(ANALOG);
  session.push(whole.subarray(0, 30));
  t.same(session.expired?.(), [{ type: "discard", bytes: 30, reason: "noise" }, asks("analog")]);
  t.match(session.push(whole.subarray(30)), []);
  t.match(session.push(whole), [
    { type: "discard" },
    { type: "release" },
    { type: "describe" },
    asks("alarms"),
  ]);
});

t.test("a wrong bit anywhere is no answer", async (t) => {
  const whole = answer(ANALOG);
  for (let at = 0; at < whole.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const session = open();
      session.start?.();
      const wrong = Buffer.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << bit);
      // A digit of the check in the other case is the same check.
      if (wrong.toString("latin1").toUpperCase() === whole.toString("latin1")) continue;
      t.same(exchanges(session.push(wrong)), [], `byte ${at}, bit ${bit}`);
    }
});
