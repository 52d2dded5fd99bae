import t from "tap";
import { hpma115 } from "../../../devices/hpma115/driver.ts";
import {
  writeAuto,
  writeCoefficient,
  writeDone,
  writeMeasurement,
} from "../../../devices/hpma115/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const AUTO = writeAuto("s0", [12, 17]);
const ANSWER = writeMeasurement("s0", [12, 17]);
const open = (given: object = {}): Session => hpma115.open(settingsOf(hpma115, given));
const run = (session: Session, name: string, args: Values = {}, id = "1"): unknown =>
  session.run?.({ id, name, args });
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ok = (result?: Values): object => ({
  type: "outcome",
  call: "1",
  outcome: result ? { ok: true, result } : { ok: true },
});
const failed = (reason: RegExp): object => ({ type: "outcome", call: "1", outcome: { ok: false, reason } });
const unsupported = (bytes: number): object => ({ type: "discard", bytes, reason: "unsupported" });

/** Command, arguments, and what is written, from the data sheet's tables. */
const ACTS = [
  ["start", {}, "68010196"],
  ["stop", {}, "68010295"],
  ["auto_send", { on: false }, "68012077"],
  ["auto_send", { on: true }, "68014057"],
  ["adjust", { coefficient: 100 }, "680208642a"],
] as const;

for (const [name, args, written] of ACTS)
  t.test(`${name} ${JSON.stringify(args)} ends as the sensor says`, async (t) => {
    const session = open();
    t.match(run(session, name, args), [
      { type: "write", bytes: hex(written) },
      { type: "wake", afterMs: 1_500 },
    ]);
    t.match(session.push(AUTO), [{ type: "reading" }], "a reading is no answer");
    t.same(session.push(hex("a5a5")), [ok()]);
    t.same(session.push(hex("a5a5")), [unsupported(2)], "it counts once");
    t.same(session.wake?.(), []);
    run(session, name, args);
    t.match(session.push(hex("9696")), [failed(/refused/)]);
    t.same(session.push(hex("9696")), [unsupported(2)]);
  });

t.test("read ends with its answer, not with what the sensor sends by itself", async (t) => {
  const session = open();
  t.match(run(session, "read"), [{ type: "write", bytes: hex("68010493") }, {}]);
  t.same(session.push(AUTO), [{ type: "reading", values: { pm2_5: 12, pm10: 17 } }]);
  t.same(session.push(hex("a5a5")), [unsupported(2)], "nor with a word of another order");
  t.same(session.push(ANSWER), [
    { type: "reading", values: { pm2_5: 12, pm10: 17 } },
    ok({ pm2_5: 12, pm10: 17 }),
  ]);
  run(session, "read");
  t.match(session.push(writeDone(false)), [failed(/refused/)], "it is stopped");
});

t.test("coefficient asks for a number", async (t) => {
  const session = open();
  t.match(run(session, "coefficient"), [{ type: "write", bytes: hex("68011087") }, {}]);
  t.same(session.push(hex("400210644a")), [ok({ coefficient: 100 })]);
  t.same(session.push(writeCoefficient(90)), [unsupported(5)]);
});

t.test("what is not answered is written three times, then fails", async (t) => {
  const session = open();
  run(session, "stop");
  for (const attempt of [2, 3])
    t.match(session.wake?.(), [{ type: "write" }, { type: "wake" }], `attempt ${attempt}`);
  t.match(session.wake?.(), [failed(/no answer came/)]);
  t.same(session.wake?.(), []);
});

t.test("a second command fails the first; a cancelled one ends without a word", async (t) => {
  const session = open();
  run(session, "stop");
  t.match(run(session, "start", {}, "2"), [failed(/start was sent/), { type: "write" }, { type: "wake" }]);
  t.same(session.cancel?.("2"), []);
  t.same(session.push(writeDone(true)), [unsupported(2)]);
  t.same(session.wake?.(), []);
});

t.test("each model's values, by itself and as an answer", async (t) => {
  const values = { pm1: 48, pm2_5: 49, pm4: 50, pm10: 51 };
  for (const frame of [writeAuto("c0", [48, 49, 50, 51]), hex("400d04 0030 0031 0032 0033 00000000 e9")])
    t.same(open({ model: "c0" }).push(frame), [{ type: "reading", values }]);
  t.same(open({ model: "c0" }).push(ANSWER), [unsupported(8)]);
  t.same(open().push(hex("400d04 0030 0031 0032 0033 00000000 e9")), [unsupported(16)]);
  t.same(open().push(hex("400504 0030 0031 56")), [{ type: "reading", values: { pm2_5: 48, pm10: 49 } }]);
});

t.test("after a wrong sum the search goes on at sync + 1", async (t) => {
  for (const [frame, at] of [
    [AUTO, 8],
    [ANSWER, 4],
  ] as const) {
    const broken = Buffer.from(frame);
    broken[at] = 99;
    t.match(open().push(Buffer.concat([broken, frame])), [
      { type: "discard", bytes: frame.length, reason: "checksum" },
      { type: "reading" },
    ]);
  }
});

t.test("a frame cut off anywhere and a whole one are one reading", async (t) => {
  for (const [model, values] of [
    ["s0", [300, 1]],
    ["c0", [300, 301, 302, 303]],
  ] as const)
    for (let first = 0; first < 1_000; first += 7)
      for (const write of [writeMeasurement, writeAuto]) {
        const whole = write(model, [first, ...values.slice(1)]);
        const after = write(model, values);
        // A last byte that is missing may be the next one's first: the measurement is whole then.
        for (let end = 0; end < whole.length - 1; end++) {
          const found = open({ model })
            .push(Buffer.concat([whole.subarray(0, end), after, after]))
            .flatMap((event) => (event.type === "reading" ? [Object.values(event.values)] : []));
          if (found.join(" ") !== [values, values].join(" ")) t.fail(`${first} cut after ${end}`);
        }
      }
});

t.test("the last bytes of an answer that look like a head wait for what follows", async (t) => {
  // 320 ug/m3 (01 40) up to 10 um, and a sum of 05.
  const strange = writeMeasurement("s0", [113, 320]);
  t.equal(strange.toString("hex").slice(-4), "4005");
  const session = open();
  t.same(session.push(strange), []);
  t.match(session.push(ANSWER), [{ values: { pm2_5: 113, pm10: 320 } }, { values: { pm2_5: 12 } }]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (const frame of [AUTO, ANSWER])
    for (let end = 0; end < frame.length; end++)
      t.notOk(
        open()
          .push(frame.subarray(0, end))
          .some(({ type }) => type === "reading"),
      );
});
