import t from "tap";
import { pms5003 } from "../../../devices/pms5003/driver.ts";
import { writeAnswer, writeData, writeOrder } from "../../../devices/pms5003/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const DATA = writeData([3, 5, 6, 2, 4, 5, 770, 240, 52, 8, 2, 1, 0x9700]);
const open = (): Session => pms5003.open(settingsOf(pms5003));
const run = (session: Session, name: string, id = "1"): unknown => session.run?.({ id, name, args: {} });
const ok = (id = "1"): object => ({ type: "outcome", call: id, outcome: { ok: true } });
const failed = (reason: RegExp): object => ({ type: "outcome", call: "1", outcome: { ok: false, reason } });

t.test("each command writes its order and asks to be woken", async (t) => {
  for (const name of ["read", "active", "passive", "sleep", "wake"] as const)
    t.match(run(open(), name), [
      { type: "write", bytes: writeOrder(name) },
      { type: "wake", afterMs: Number },
    ]);
});

t.test("an answer is a success, but not the answer to another order", async (t) => {
  const session = open();
  run(session, "sleep");
  t.same(session.push(writeAnswer(0xe1, 0)), []);
  t.same(session.push(writeAnswer(0xe4, 0)), [ok()]);
  t.same(session.push(writeAnswer(0xe4, 0)), [], "it counts once");
  t.same(session.wake?.(), [], "and the time that was asked for is nothing any more");
});

t.test("read ends with the frame, which is its result and a reading", async (t) => {
  const session = open();
  run(session, "read");
  t.match(session.push(DATA), [
    { type: "reading", values: { pm2_5: 4 } },
    { type: "outcome", call: "1", outcome: { ok: true, result: { pm2_5: 4 } } },
  ]);
});

for (const name of ["active", "wake"]) {
  t.test(`${name}, not answered, succeeds with the next frame`, async (t) => {
    const session = open();
    run(session, name);
    t.match(session.push(DATA), [{ type: "reading" }, ok()]);
  });

  t.test(`${name} fails if no frame comes`, async (t) => {
    const session = open();
    run(session, name);
    t.match(session.wake?.(), [failed(/no frame/)]);
  });
}

for (const name of ["sleep", "passive"]) {
  t.test(`${name}, not answered, succeeds when the frames stop`, async (t) => {
    const session = open();
    run(session, name);
    t.match(session.push(DATA), [{ type: "reading" }], "this one was on its way");
    t.match(session.wake?.(), [{ type: "wake", afterMs: 3_000 }]);
    t.same(session.wake?.(), [ok()]);
  });

  t.test(`${name} fails if the frames go on`, async (t) => {
    const session = open();
    run(session, name);
    session.wake?.();
    t.match(session.push(DATA), [{ type: "reading" }]);
    t.match(session.wake?.(), [failed(/goes on sending/)]);
  });
}

t.test("a second command fails the first", async (t) => {
  const session = open();
  run(session, "sleep");
  t.match(run(session, "wake", "2"), [failed(/wake was sent/), { type: "write" }, { type: "wake" }]);
  t.match(session.push(DATA), [{ type: "reading" }, ok("2")]);
});

t.test("auto learns the model from the first frame and keeps it", async (t) => {
  const session = open();
  const st = writeData([...Array.from({ length: 12 }, () => 1), 123, 0xfff1, 456, 0, 0x9700]);
  t.match(session.push(st), [
    { type: "describe", metrics: { formaldehyde: { unit: "mg/m3" } } },
    { type: "reading", values: { formaldehyde: 0.123, temperature: -1.5, humidity: 45.6, version: 0x97 } },
  ]);
  t.match(session.push(st), [{ type: "reading" }]);
  t.same(session.push(DATA), [{ type: "discard", bytes: 32, reason: "unsupported" }]);
});

t.test("a named model refuses frames of another length", async (t) => {
  const session = pms5003.open(settingsOf(pms5003, { model: "pms3003" }));
  t.match(session.push(DATA), [{ type: "discard", reason: "unsupported" }]);
  t.same(pms5003.describe(settingsOf(pms5003, { model: "pms3003" })).commands, {});
});

t.test("zeros for everything mean that it warms up; one particle does not", async (t) => {
  const zeros = Array.from({ length: 12 }, () => 0);
  t.match(open().push(writeData([...zeros, 0x9700])), [
    { values: { pm1: null, particles_0_3: null, version: 0x97, error: 0 } },
  ]);
  zeros[6] = 1;
  t.match(open().push(writeData([...zeros, 0x9700])), [{ values: { pm1: 0, particles_0_3: 1 } }]);
});

t.test("a frame cut off whose sum fits the beginning of the next one by chance is no reading", async (t) => {
  const next = writeData([6, 8, 9, 6, 8, 9, 1_566, 453, 74, 8, 2, 1, 0x9700]);
  const glued = Buffer.concat([next.subarray(0, 12), next]);
  t.equal(
    glued.subarray(0, 30).reduce((sum, byte) => sum + byte, 0),
    glued.readUInt16BE(30),
    "it does fit",
  );
  const events = open().push(glued);
  t.match(events, [
    { type: "discard", bytes: 12 },
    { type: "reading", values: { pm2_5: 8 } },
  ]);
});
