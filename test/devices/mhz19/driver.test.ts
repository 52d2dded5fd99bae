import t from "tap";
import { mhz19 } from "../../../devices/mhz19/driver.ts";
import { writeOrder, writeRaw, writeTaken, type OrderName } from "../../../devices/mhz19/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const DATA = writeRaw({ co2: 636, temperature: 66, status: 0 });
const open = (given: object = {}): Session => mhz19.open(settingsOf(mhz19, given));
const run = (session: Session, name: string, args: Values = {}, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args }) ?? [];

t.test("it polls from the start, whether it is answered or not", async (t) => {
  const session = open({ pollMs: 10_000 });
  const poll = [
    { type: "wake", afterMs: 10_000 },
    { type: "write", bytes: writeOrder("read") },
  ];
  t.same(session.start?.(), poll);
  t.match(session.push(DATA), [{ type: "reading", values: { co2: 636, temperature: 26, status: 0 } }]);
  t.same(session.wake?.(), poll);
  t.same(session.wake?.(), poll);
});

const COMMANDS: readonly (readonly [string, Values, OrderName, number])[] = [
  ["zero", {}, "zero", 0],
  ["span", { ppm: 2_000 }, "span", 2_000],
  ["abc", { on: true }, "abc", 1],
  ["abc", { on: false }, "abc", 0],
  ["range", { ppm: 5_000 }, "range", 5_000],
];
for (const [name, args, order, value] of COMMANDS)
  t.test(`${name} ${JSON.stringify(args)} succeeds when it is written`, async (t) => {
    const session = open();
    t.same(run(session, name, args), [
      { type: "write", bytes: writeOrder(order, value) },
      { type: "outcome", call: "1", outcome: { ok: true } },
    ]);
    t.same(session.push(writeTaken(0x87)), [], "an answer tells nothing");
  });

t.test("read ends with the next reading", async (t) => {
  const session = open();
  t.same(run(session, "read"), [{ type: "write", bytes: writeOrder("read") }]);
  t.match(session.push(DATA), [
    { type: "reading" },
    { type: "outcome", call: "1", outcome: { ok: true, result: { co2: 636 } } },
  ]);
  t.match(session.push(DATA), [{ type: "reading" }], "it counts once");
});

t.test("a second read fails the first; a cancelled one ends without a word", async (t) => {
  const session = open();
  run(session, "read");
  t.match(run(session, "read", {}, "2"), [
    { call: "1", outcome: { ok: false, reason: /sent again/ } },
    { type: "write" },
  ]);
  t.same(session.cancel?.("2"), []);
  t.match(session.push(DATA), [{ type: "reading" }]);
});

t.test("0 ppm and a temperature of 0 on the line are no values", async (t) => {
  t.match(open().push(writeRaw({ co2: 0, temperature: 0, status: 1 })), [
    { values: { co2: null, temperature: null, status: 1 } },
  ]);
});

t.test("after a wrong sum the search goes on at sync + 1", async (t) => {
  const broken = Buffer.from(DATA);
  broken[3] = 0;
  t.match(open().push(Buffer.concat([broken, DATA])), [
    { type: "discard", bytes: 9, reason: "checksum" },
    { type: "reading" },
  ]);
  t.match(open().push(Buffer.concat([DATA.subarray(0, 4), DATA])), [
    { type: "discard", bytes: 4, reason: "truncated" },
    { type: "reading" },
  ]);
});

t.test("an answer that lost a byte costs itself only", async (t) => {
  const short = Buffer.concat([DATA.subarray(0, 3), DATA.subarray(4)]);
  t.match(open().push(Buffer.concat([short, DATA, DATA])), [
    { type: "discard", bytes: 8, reason: "truncated" },
    { type: "reading" },
    { type: "reading" },
  ]);
});

t.test("a frame cut off whose sum fits the beginning of the next one by chance is no reading", async (t) => {
  const next = writeRaw({ co2: 0x02ff, temperature: 66, status: 0 });
  const glued = Buffer.concat([Buffer.from("ff8602c32f", "hex"), next]);
  t.equal(glued.subarray(1, 9).reduce((sum, byte) => sum + byte, 0) & 0xff, 0, "it does fit");
  t.match(open().push(glued), [
    { type: "discard", bytes: 5 },
    { type: "reading", values: { co2: 767 } },
  ]);
});

t.test("garbage is noise, and the echo of a request is told", async (t) => {
  const events = open().push(
    Buffer.concat([Buffer.from("00ff41ffff", "hex"), DATA, writeOrder("read"), DATA]),
  );
  t.match(events, [
    { type: "discard", bytes: 5, reason: "noise" },
    { type: "reading" },
    { type: "discard", bytes: 9, reason: "unsupported" },
    { type: "reading" },
  ]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < DATA.length; end++) t.same(open().push(DATA.subarray(0, end)), []);
});
