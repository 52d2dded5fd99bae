import t from "tap";
import { BEGIN, POLL, requestsOf } from "../../../devices/sps30/commands.ts";
import { sps30 } from "../../../devices/sps30/driver.ts";
import { COMMANDS, writeMeasurement } from "../../../devices/sps30/protocol.ts";
import { writeAnswer } from "../../../devices/sps30/shdlc.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const answer = (command: number, state = 0, data: Iterable<number> = []): Buffer =>
  writeAnswer({ address: 0, command, state, data: Buffer.from([...data]) });
const MEASURED = [5.25, 9.5, 9.75, 9.875, 34.5, 41.25, 42, 42.1, 42.125, 0.5];
const DATA = answer(COMMANDS.read, 0, writeMeasurement(MEASURED));
const READING = { pm1: 5.25, pm2_5: 9.5, pm4: 9.75, pm10: 9.875, number_0_5: 34.5, number_1: 41.25 };

const wake = (afterMs: number): object => ({ type: "wake", afterMs });
const write = (bytes: Uint8Array | undefined): object => ({ type: "write", bytes });
const ok = (id = "1"): object => ({ type: "outcome", call: id, outcome: { ok: true } });
const failed = (reason: RegExp, id = "1"): object => ({
  type: "outcome",
  call: id,
  outcome: { ok: false, reason },
});
const open = (): Session => sps30.open(settingsOf(sps30));
const run = (session: Session, name: string, args: Values = {}, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args }) ?? [];

/** A session whose sensor measures, and that waits for the next poll. */
function measuring(): Session {
  const session = open();
  session.start?.();
  session.push(answer(COMMANDS.wake, 0x43));
  session.push(answer(COMMANDS.start));
  return session;
}

t.test("it wakes the sensor, starts it, and polls", async (t) => {
  const session = open();
  t.match(session.start?.(), [wake(500), write(BEGIN[0]?.bytes)]);
  t.match(session.push(answer(COMMANDS.wake, 0x43)), [wake(500), write(BEGIN[1]?.bytes)], "it was awake");
  t.match(session.push(answer(COMMANDS.start)), [wake(1_000)]);
  t.match(session.wake?.(), [wake(500), write(POLL[0]?.bytes)]);
  t.match(session.push(DATA), [{ type: "reading", values: { ...READING, fault: false } }, wake(1_000)]);
  t.match(session.wake?.(), [wake(500), write(POLL[0]?.bytes)]);
  t.same(session.push(answer(COMMANDS.read)), [wake(1_000)], "nothing new");
});

t.test("a sensor that comes later, or lost its power, is started", async (t) => {
  const session = open();
  session.start?.();
  t.match(session.wake?.(), [wake(1_000)], "no answer");
  t.match(session.wake?.(), [wake(500), write(POLL[0]?.bytes)]);
  t.match(session.wake?.(), [wake(1_000)], "nor now");
  session.wake?.();
  t.match(session.push(answer(COMMANDS.read, 0x43)), [wake(500), write(BEGIN[0]?.bytes)]);
});

t.test("sleep stops the sensor and the polls, wake begins them again", async (t) => {
  const session = measuring();
  const [stop, sleep] = requestsOf("sleep", {});
  t.match(run(session, "sleep"), [wake(500), write(stop?.bytes)]);
  t.match(session.push(answer(COMMANDS.stop)), [wake(500), write(sleep?.bytes)]);
  t.same(session.push(answer(COMMANDS.sleep)), [ok()]);
  t.same(session.wake?.(), []);
  t.match(run(session, "wake", {}, "2"), [wake(500), write(BEGIN[0]?.bytes)]);
  session.push(answer(COMMANDS.wake));
  t.match(session.push(answer(COMMANDS.start)), [ok("2"), wake(1_000)]);
});

t.test("a command waits for the poll, and the next one for it", async (t) => {
  const session = measuring();
  session.wake?.();
  t.same(run(session, "clean"), []);
  t.same(run(session, "status", {}, "2"), []);
  t.match(session.push(DATA), [{ type: "reading" }, wake(500), write(requestsOf("clean", {})[0]?.bytes)]);
  t.match(session.push(answer(COMMANDS.clean)), [ok(), wake(500), write(requestsOf("status", {})[0]?.bytes)]);
  t.match(session.push(answer(COMMANDS.status, 0x80, [0, 0x20, 0, 0x10, 0])), [
    { call: "2", outcome: { ok: true, result: { fan_speed: true, laser: false, fan: true } } },
    wake(1_000),
  ]);
});

t.test("information is of two answers", async (t) => {
  const session = measuring();
  run(session, "information");
  session.push(answer(COMMANDS.information, 0, Buffer.from("ABC123\0")));
  t.match(session.push(answer(COMMANDS.firmware, 0, [2, 2, 0, 7, 0, 2, 0])), [
    { outcome: { ok: true, result: { serial: "ABC123", firmware: "2.2" } } },
    {},
  ]);
});

t.test("the interval of cleaning is written in seconds", async (t) => {
  const [, written] = run(measuring(), "cleaning", { interval: 604_800 });
  t.match(written, {
    type: "write",
    bytes: Buffer.from("7e0080050000093a80b77e", "hex"),
  });
});

t.test("what the sensor refuses fails with its reason", async (t) => {
  const session = measuring();
  run(session, "clean");
  t.match(session.push(answer(COMMANDS.clean, 0x43)), [failed(/not allowed/), wake(1_000)]);
  run(session, "reset");
  t.match(session.push(answer(COMMANDS.reset, 0x77)), [failed(/0x77/), wake(1_000)]);
});

t.test("what is not answered is sent three times, then fails, and the polls go on", async (t) => {
  const session = measuring();
  run(session, "clean");
  for (const attempt of [2, 3])
    t.match(session.wake?.(), [wake(500), { type: "write" }], `attempt ${attempt}`);
  t.match(session.wake?.(), [failed(/does not answer/), wake(1_000)]);
});

t.test("an answer to another command does not count", async (t) => {
  const session = measuring();
  run(session, "clean");
  t.match(session.push(DATA), [{ type: "reading" }]);
  t.match(session.push(answer(COMMANDS.clean)), [ok(), wake(1_000)]);
});

t.test("cancelled calls end without a word, begun or not", async (t) => {
  const session = measuring();
  run(session, "clean");
  run(session, "status", {}, "2");
  session.cancel?.("1");
  session.cancel?.("2");
  t.same(session.push(answer(COMMANDS.clean)), [wake(1_000)]);
});

t.test("numbers have no digits that the float has not; what is no number is no value", async (t) => {
  const values = writeMeasurement([5.2347565, 0.1, 1 / 3, NaN, Infinity, 1e-20, 16_777_217, 42.1, 0, 0.55]);
  t.match(open().push(answer(COMMANDS.read, 0x80, values)), [
    {
      values: {
        pm1: 5.2347565,
        pm2_5: 0.1,
        pm4: 0.33333334,
        pm10: null,
        number_0_5: null,
        number_1: 1e-20,
        number_2_5: 16_777_216,
        number_4: 42.1,
        number_10: 0,
        typical_size: 0.55,
        fault: true,
      },
    },
  ]);
});

t.test("a frame with a wrong byte costs itself only", async (t) => {
  const broken = Buffer.from(DATA);
  broken[8] = 1;
  t.match(open().push(Buffer.concat([broken, DATA])), [
    { type: "discard", bytes: 45, reason: "checksum" },
    { type: "reading" },
  ]);
  const split = Buffer.from(DATA);
  split[20] = 0x7e;
  t.match(open().push(Buffer.concat([split, DATA])), [
    { type: "discard", bytes: 19, reason: "truncated" },
    { type: "discard", bytes: 25 },
    { type: "reading" },
  ]);
});

t.test("a frame whose end was lost is truncated, and one flag between two is enough", async (t) => {
  t.match(open().push(Buffer.concat([DATA.subarray(0, 20), DATA, DATA.subarray(1)])), [
    { type: "discard", bytes: 19, reason: "truncated" },
    { type: "reading" },
    { type: "reading" },
  ]);
});

t.test("garbage is noise, before and between frames", async (t) => {
  const noise = Buffer.from("0011ff7d", "hex");
  t.match(open().push(Buffer.concat([noise, DATA, noise, DATA])), [
    { type: "discard", bytes: 4, reason: "noise" },
    { type: "reading" },
    { type: "discard", bytes: 4, reason: "noise" },
    { type: "reading" },
  ]);
});

t.test("nothing is kept of what has no end", async (t) => {
  const session = open();
  const events = session.push(Buffer.concat([Buffer.of(0x7e), Buffer.alloc(1_000)]));
  t.match(events[0], { type: "discard", bytes: 520, reason: "too-long" });
  t.match(session.push(DATA), [{ type: "discard", bytes: 224, reason: "noise" }, { type: "reading" }]);
});

t.test("data that cannot be, and another address", async (t) => {
  t.match(open().push(answer(COMMANDS.read, 0, [1, 2, 3])), [{ type: "discard", reason: "unparsable" }]);
  const other = writeAnswer({
    address: 1,
    command: COMMANDS.read,
    state: 0,
    data: writeMeasurement(MEASURED),
  });
  t.match(open().push(other), [{ type: "discard", bytes: 45, reason: "unsupported" }]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < DATA.length; end++)
    t.notOk(
      open()
        .push(DATA.subarray(0, end))
        .some(({ type }) => type === "reading"),
    );
});
