import t from "tap";
import { iec62056 } from "../../../devices/iec62056-21/driver.ts";
import { writeReadout } from "../../../devices/iec62056-21/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const LINES = ["F.F(00)", "1.8.0(000285.4*kWh)", "2.8.0(000120.1*kWh)"];
const FRAMED = writeReadout("DUN5TEST", LINES, "framed");
const BARE = writeReadout("DUN5TEST", LINES, "bare");

const open = (settings: object = {}): Session => iec62056.open(settingsOf(iec62056, settings));
const discards = (events: readonly DriverEvent[]): (string | number)[][] =>
  events.flatMap((event) => (event.type === "discard" ? [[event.reason, event.bytes]] : []));
const ok = (call: string): object => ({ type: "outcome", call, outcome: { ok: true } });
const failed = (call: string, reason: RegExp): object => ({
  type: "outcome",
  call,
  outcome: { ok: false, reason },
});

const SIGN_ON = { type: "write", bytes: Buffer.from("/?!\r\n") };
const IDENTIFICATION = FRAMED.subarray(0, FRAMED.indexOf(2));
const BLOCK = FRAMED.subarray(FRAMED.indexOf(2));

t.test("a meter that is silent is asked, and asked again", async (t) => {
  const session = open({ pollSeconds: 600 });
  t.match(session.start?.(), [{ type: "wake", afterMs: 10_000 }]);
  t.match(session.wake?.(), [SIGN_ON, { type: "wake", afterMs: Number }]);
  t.match(session.push(IDENTIFICATION), [{ type: "wake", afterMs: 300 }]);
  t.match(session.wake?.(), [
    { type: "write", bytes: Buffer.from("\u0006000\r\n") },
    { type: "wake", afterMs: 4_000 },
  ]);
  t.strictSame(session.push(BLOCK.subarray(0, 10)), []);
  t.strictSame(session.wake?.(), [{ type: "wake", afterMs: 4_000 }], "it goes on");
  t.match(session.push(BLOCK.subarray(10)), [
    { type: "describe" },
    { type: "reading" },
    { type: "wake", afterMs: 600_000 },
  ]);
  t.match(session.wake?.(), [SIGN_ON, {}]);
  t.match(session.wake?.(), [{ type: "wake", afterMs: 600_000 }], "no answer: next time");
});

t.test("a meter that sends of itself is not asked", async (t) => {
  const session = open({ pollSeconds: 600 });
  session.start?.();
  session.push(BARE);
  t.strictSame(session.wake?.(), [{ type: "wake", afterMs: 600_000 }]);
  t.match(session.wake?.(), [SIGN_ON, {}], "it has stopped");
  t.strictSame(open({ pollSeconds: 0 }).start?.(), []);
});

t.test("read asks at once; its result is the reading", async (t) => {
  const session = open({ signOn: "/?12345678!", wakeUpBytes: 3, acknowledge: "proposed" });
  t.match(session.run?.({ id: "1", name: "read", args: {} }), [
    { type: "write", bytes: Buffer.from("\0\0\0/?12345678!\r\n") },
    {},
  ]);
  t.strictSame(session.run?.({ id: "2", name: "read", args: {} }), [], "joins the first");
  t.match(session.push(Buffer.concat([Buffer.from("/?12345678!\r\n"), IDENTIFICATION])), [
    { type: "wake", afterMs: 300 },
  ]);
  t.match(session.wake?.(), [{ type: "write", bytes: Buffer.from("\u0006050\r\n") }, {}], "as proposed");
  t.match(session.push(BLOCK), [
    { type: "discard", bytes: 13, reason: "noise" },
    { type: "describe" },
    { type: "reading" },
    ok("1"),
    ok("2"),
    { type: "wake" },
  ]);
});

t.test("in mode A data comes without an acknowledgement, in mode B at another rate", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "read", args: {} });
  session.push(IDENTIFICATION);
  session.push(BLOCK.subarray(0, 5));
  t.strictSame(session.wake?.(), [{ type: "wake", afterMs: 4_000 }]);
  t.match(session.push(BLOCK.subarray(5)), [{ type: "describe" }, { type: "reading" }, ok("1"), {}]);
  const switching = open();
  switching.run?.({ id: "1", name: "read", args: {} });
  switching.push(Buffer.from("/SIEC2WR5\r\n"));
  t.match(switching.wake?.(), [{ type: "log", text: /mode B/ }, { type: "wake" }]);
});

t.test("read fails if there is no answer, or no sound read-out", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "read", args: {} });
  t.match(session.wake?.(), [failed("1", /no identification/), { type: "wake" }]);
  session.run?.({ id: "2", name: "read", args: {} });
  session.push(IDENTIFICATION);
  session.wake?.();
  const wrong = Buffer.from(BLOCK);
  wrong[5] = 0x39;
  t.match(session.push(wrong), [{ type: "discard", reason: "checksum" }]);
  t.match(session.wake?.(), [{ type: "wake" }]);
  t.match(session.wake?.(), [failed("2", /whole and sound/), { type: "wake" }]);
});

t.test("a block without ETX ends when nothing more comes; the filler is not counted", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "read", args: {} });
  session.push(IDENTIFICATION);
  session.wake?.();
  t.strictSame(session.push(BLOCK.subarray(0, -2)), []);
  session.wake?.();
  t.match(session.wake?.(), [{ type: "describe" }, { type: "reading" }, ok("1"), { type: "wake" }]);
  t.strictSame(discards(session.push(Buffer.concat([Buffer.from("xy"), FRAMED]))), [["noise", 2]]);
});

t.test("a cancelled read has no outcome; the read-out is a reading all the same", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "read", args: {} });
  t.strictSame(session.cancel?.("1"), []);
  t.match(session.push(FRAMED), [
    { type: "wake" },
    { type: "describe" },
    { type: "reading" },
    { type: "wake" },
  ]);
});
