import t from "tap";
import { sds011 } from "../../../devices/sds011/driver.ts";
import {
  writeAnswer,
  writeCoarse,
  writeData,
  writeNewId,
  writeOrder,
} from "../../../devices/sds011/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const ID = "A160";
const DATA = writeData({ pm2_5: 1236, pm10: 2618 }, ID);
const open = (given: object = {}): Session => sds011.open(settingsOf(sds011, given));
const run = (session: Session, name: string, args: Values = {}, id = "1"): unknown =>
  session.run?.({ id, name, args });
const ok = (id = "1"): object => ({ type: "outcome", call: id, outcome: { ok: true } });
const failed = (reason: RegExp): object => ({ type: "outcome", call: "1", outcome: { ok: false, reason } });

const SETTINGS = [
  ["active", {}, "reporting", [1, 0]],
  ["passive", {}, "reporting", [1, 1]],
  ["sleep", {}, "power", [1, 0]],
  ["wake", {}, "power", [1, 1]],
  ["period", { minutes: 5 }, "period", [1, 5]],
] as const;
const NUMBERS = { reporting: 2, power: 6, period: 8 } as const;

for (const [name, args, order, data] of SETTINGS)
  t.test(`${name} writes its order and succeeds with its answer only`, async (t) => {
    const session = open();
    t.match(run(session, name, args), [
      { type: "write", bytes: writeOrder(order, "FFFF", data) },
      { type: "wake", afterMs: 1_500 },
    ]);
    t.match(session.push(DATA), [{ type: "reading" }], "a reading is no answer");
    t.same(session.push(writeAnswer([NUMBERS[order], 1, data[1] + 1], ID)), [], "nor is another value");
    t.same(session.push(writeAnswer([NUMBERS[order], 0, data[1]], ID)), [], "nor the answer to a question");
    t.same(session.push(writeAnswer([NUMBERS[order], ...data], ID)), [ok()]);
    t.same(session.push(writeAnswer([NUMBERS[order], ...data], ID)), [], "it counts once");
    t.same(session.wake?.(), []);
  });

t.test("what is not answered is written three times, then fails", async (t) => {
  const session = open();
  run(session, "sleep");
  for (const attempt of [2, 3])
    t.match(session.wake?.(), [{ type: "write" }, { type: "wake" }], `attempt ${attempt}`);
  t.match(session.wake?.(), [failed(/no answer came/)]);
  t.same(session.wake?.(), []);
});

t.test("read ends with the reading", async (t) => {
  const session = open();
  run(session, "read");
  t.match(session.push(DATA), [
    { type: "reading", values: { pm2_5: 123.6, pm10: 261.8, sensor_id: ID } },
    { type: "outcome", call: "1", outcome: { ok: true, result: { pm2_5: 123.6 } } },
  ]);
});

t.test("firmware tells a date", async (t) => {
  const session = open({ id: ID });
  t.match(run(session, "firmware"), [{ type: "write", bytes: writeOrder("firmware", ID) }, {}]);
  t.match(session.push(writeAnswer([7, 15, 7, 10], ID)), [
    { outcome: { ok: true, result: { firmware: "2015-07-10" } } },
  ]);
});

t.test("a new id is answered by the new id", async (t) => {
  const session = open({ id: ID });
  t.match(run(session, "id", { id: "a001" }), [{ type: "write", bytes: writeNewId("A001", ID) }, {}]);
  t.same(session.push(writeAnswer([5], ID)), []);
  t.same(session.push(writeAnswer([5], "A001")), [ok()]);
  t.match(run(session, "id", { id: "wxyz" }), [failed(/four hex digits/)]);
});

t.test("a second command fails the first; a cancelled one ends without a word", async (t) => {
  const session = open();
  run(session, "sleep");
  t.match(run(session, "wake", {}, "2"), [failed(/wake was sent/), { type: "write" }, { type: "wake" }]);
  t.same(session.cancel?.("2"), []);
  t.same(session.push(writeAnswer([6, 1, 1], ID)), []);
  t.same(session.wake?.(), []);
});

t.test("no dust is a value, and tenths are exact", async (t) => {
  t.match(open().push(writeData({ pm2_5: 0, pm10: 3 }, ID)), [{ values: { pm2_5: 0, pm10: 0.3 } }]);
  t.match(open().push(writeData({ pm2_5: 65535, pm10: 7 }, ID)), [{ values: { pm2_5: 6553.5, pm10: 0.7 } }]);
});

t.test("readings of another model or sensor are refused", async (t) => {
  const coarse = writeCoarse(23, ID);
  const unsupported = [{ type: "discard", bytes: 10, reason: "unsupported" }];
  t.same(open().push(coarse), unsupported);
  t.match(open({ model: "sds198" }).push(coarse), [{ values: { pm100: 23 } }]);
  t.same(open({ model: "sds198" }).push(DATA), unsupported);
  t.same(open({ id: "58d9" }).push(DATA), unsupported);
});

t.test("after a wrong sum the search goes on at sync + 1", async (t) => {
  // What claims to be a frame reaches into the next one.
  const events = open().push(Buffer.concat([Buffer.from("aac0010203", "hex"), DATA]));
  t.match(events, [{ type: "discard", bytes: 5, reason: "truncated" }, { type: "reading" }]);
  const broken = Buffer.from(DATA);
  broken[3] = 5;
  t.match(open().push(Buffer.concat([broken, DATA])), [
    { type: "discard", bytes: 10, reason: "checksum" },
    { type: "reading" },
  ]);
});

t.test("garbage is noise, heads and tails among it too", async (t) => {
  const noise = Buffer.from("00aa11abaaaa", "hex");
  t.match(open().push(Buffer.concat([noise, DATA, Buffer.from("abff", "hex"), DATA])), [
    { type: "discard", bytes: 6, reason: "noise" },
    { type: "reading" },
    { type: "discard", bytes: 2, reason: "noise" },
    { type: "reading" },
  ]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < DATA.length; end++)
    t.notOk(
      open()
        .push(DATA.subarray(0, end))
        .some(({ type }) => type === "reading"),
    );
});
