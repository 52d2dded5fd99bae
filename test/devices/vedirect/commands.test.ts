import t from "tap";
import { vedirect } from "../../../devices/vedirect/driver.ts";
import { ANSWERS, COMMANDS, writeHex, writeRegister } from "../../../devices/vedirect/hex.ts";
import { HISTORY_REGISTER, writeHistory } from "../../../devices/vedirect/history.ts";
import { writeBlock } from "../../../devices/vedirect/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const BLOCK = writeBlock([["PID", "0xA042"]]);
const reading = (): object => ({ type: "reading", values: { product: "0xA042" } });
const open = (given: object = {}): Session => vedirect.open(settingsOf(vedirect, given));
function push(session: Session, ...pieces: readonly (Uint8Array | string)[]): readonly DriverEvent[] {
  return session.push(
    Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece))),
  );
}
const run = (session: Session, name: string, args: Values = {}, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args }) ?? [];
const ok = (result?: Values, id = "1"): object => ({
  type: "outcome",
  call: id,
  outcome: { ok: true, ...(result ? { result } : {}) },
});
const failed = (reason: RegExp, id = "1"): object => ({
  type: "outcome",
  call: id,
  outcome: { ok: false, reason },
});

const discard = (bytes: number, reason: string): object => ({ type: "discard", bytes, reason });

t.test("ping", async (t) => {
  const session = open();
  t.strictSame(run(session, "ping"), [
    { type: "write", bytes: Buffer.from(":154\n") },
    { type: "wake", afterMs: 2_000 },
  ]);
  t.strictSame(push(session, ":51641F9\n"), [ok({ firmware: "1.16" })]);
  t.strictSame(session.wake?.(), [], "and the time that was asked for is nothing any more");
});

t.test("restart is not answered", async (t) =>
  t.strictSame(run(open(), "restart"), [{ type: "write", bytes: Buffer.from(":64F\n") }, ok()]),
);

t.test("get a register that is known", async (t) => {
  const session = open();
  t.match(run(session, "get", { register: "0xEDF7" }), [{ bytes: Buffer.from(":7F7ED006A\n") }, {}]);
  push(session, writeRegister(COMMANDS.get, { register: 0xedf6, flags: 0, value: Buffer.of(1, 1) }));
  const answer = { register: 0xedf7, flags: 0, value: Buffer.from("A005", "hex") };
  t.strictSame(push(session, BLOCK.subarray(0, 9), writeRegister(COMMANDS.get, answer), BLOCK.subarray(9)), [
    ok({ register: "0xEDF7", raw: "A005", name: "absorption_voltage", value: 14.4, unit: "V" }),
    reading(),
  ]);
});

t.test("get: no value, signs, and registers that are not known", async (t) => {
  const value = (register: number, hex: string): unknown => {
    const session = open();
    run(session, "get", { register: `0x${register.toString(16)}` });
    const [event] = push(
      session,
      writeRegister(COMMANDS.get, { register, flags: 0, value: Buffer.from(hex, "hex") }),
    );
    return event?.type === "outcome" && event.outcome.ok ? event.outcome.result?.["value"] : event;
  };
  t.equal(value(0xeddb, "FF7F"), null);
  t.equal(value(0xeddb, "F0FF"), -0.16);
  t.equal(value(0xedd5, "FFFF"), null);
  t.equal(value(0x0201, "FF"), 255);
  t.equal(value(0x1234, "0102"), 0x0201);
  t.equal(value(0x1234, "010203"), undefined);
});

t.test("set a register, known and unknown", async (t) => {
  const session = open();
  const written = (args: Values): Buffer => {
    const [event] = run(session, "set", args);
    session.cancel?.("1");
    return event?.type === "write" ? Buffer.from(event.bytes) : Buffer.of();
  };
  const frame = (register: number, hex: string): Buffer =>
    writeRegister(COMMANDS.set, { register, flags: 0, value: Buffer.from(hex, "hex") });
  t.same(written({ register: "0xedf7", value: 14.4 }), frame(0xedf7, "A005"));
  t.same(written({ register: "0x1234", value: -2, size: 2 }), frame(0x1234, "FEFF"));
  t.same(written({ register: "0x1234", value: 0xffffffff, size: 4 }), frame(0x1234, "FFFFFFFF"));
  run(session, "set", { register: "0xEDF7", value: 14.4 });
  t.match(push(session, frame(0xedf7, "A005")), [ok({ value: 14.4 })]);
});

t.test("set: what cannot be written is refused before", async (t) => {
  const refuse = (args: Values, reason: RegExp): unknown =>
    t.match(run(open(), "set", args), [failed(reason)]);
  refuse({ register: "EDF7", value: 1 }, /0xEDF0/);
  refuse({ register: "0x1234", value: 1 }, /size/);
  refuse({ register: "0xEDF7", value: 1, size: 4 }, /2 bytes/);
  refuse({ register: "0xEDF7", value: 700 }, /does not fit/);
  refuse({ register: "0xEDF7", value: -1 }, /does not fit/);
  refuse({ register: "0x1234", value: 256, size: 1 }, /does not fit/);
});

t.test("load, relay and mode", async (t) => {
  const bytes = (device: string, name: string, args: Values): string => {
    const [event] = run(open({ device }), name, args);
    return event?.type === "write" ? Buffer.from(event.bytes).toString() : "";
  };
  t.equal(bytes("mppt", "load", { state: "on" }), ":8ABED0004B1\n");
  t.equal(bytes("any", "load", { state: "off" }), ":8ABED0000B5\n");
  t.equal(bytes("bmv", "relay", { on: true }), ":84E030001FB\n");
  t.equal(bytes("inverter", "mode", { state: "eco" }), ":80002000546\n");
  t.same(Object.keys(vedirect.describe(settingsOf(vedirect, { device: "bmv" })).commands), [
    "ping",
    "restart",
    "get",
    "set",
    "relay",
  ]);
});

t.test("history of a day", async (t) => {
  const session = open();
  run(session, "history", { day: 2 });
  const value = writeHistory({ yield_today: 1.25, max_power_today: 119, day_sequence: 272 });
  t.match(push(session, writeRegister(COMMANDS.get, { register: HISTORY_REGISTER + 2, flags: 0, value })), [
    ok({ yield_today: 1.25, max_power_today: 119, day_sequence: 272 }),
  ]);
});

t.test("what the device refuses", async (t) => {
  for (const [frame, reason] of [
    [
      writeRegister(COMMANDS.get, { register: 0x1234, flags: 1, value: Buffer.of() }),
      /does not know the register/,
    ],
    [writeRegister(COMMANDS.get, { register: 0x1234, flags: 9, value: Buffer.of() }), /flags 9/],
    [writeHex(ANSWERS.unknown, Buffer.of(7)), /does not know the command/],
    [Buffer.from(":4AAAAFD\n"), /could not read/],
  ] as const) {
    const session = open();
    run(session, "get", { register: "0x1234" });
    t.match(push(session, frame), [failed(reason)]);
  }
});

t.test("no answer", async (t) => {
  const session = open();
  run(session, "ping");
  t.match(session.wake?.(), [failed(/does not answer/)]);
});

t.test("an answer that nobody waits for", async (t) =>
  t.strictSame(push(open(), ":51641F9\n"), [discard(9, "unsupported")]),
);

t.test("one at a time: the next is written when the one before has ended", async (t) => {
  const session = open();
  run(session, "ping");
  t.same(run(session, "restart", {}, "2"), []);
  t.same(run(session, "ping", {}, "3"), []);
  t.match(push(session, ":51641F9\n"), [
    ok(),
    { type: "write", bytes: Buffer.from(":64F\n") },
    ok(undefined, "2"),
    { type: "write", bytes: Buffer.from(":154\n") },
    { type: "wake" },
  ]);
});

t.test("more than eight that wait are refused", async (t) => {
  const session = open();
  for (let id = 0; id < 9; id++) run(session, "ping", {}, String(id));
  t.match(run(session, "ping", {}, "9"), [failed(/8 commands/, "9")]);
});

t.test("cancelling ends the wait, and the next goes on", async (t) => {
  const session = open();
  run(session, "ping");
  run(session, "ping", {}, "2");
  run(session, "ping", {}, "3");
  t.same(session.cancel?.("2"), []);
  t.match(session.cancel?.("1"), [{ type: "write" }, { type: "wake" }]);
  t.strictSame(push(session, ":51641F9\n"), [ok({ firmware: "1.16" }, "3")]);
});
