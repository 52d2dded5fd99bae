import t from "tap";
import { ubx, type UbxSettings } from "../../../devices/ubx/driver.ts";
import { MESSAGES } from "../../../devices/ubx/messages.table.ts";
import { monVer, pvt } from "../../../devices/ubx/simulated-messages.ts";
import { writeSentence, writeUbx } from "../../../src/codec/index.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const TIME_MS = Date.UTC(2026, 0, 1, 12);
const EPOCH = { timeMs: TIME_MS, uptimeMs: 0, hasFix: true, random: seeded(1) };
const PVT = pvt(EPOCH);
const SYNC = Buffer.from([0xb5, 0x62]);
const POLL = { type: "write", bytes: Buffer.from("b5620a0400000e34", "hex") };
const WAKE = { type: "wake", afterMs: 2_000 };

function open(settings: Partial<UbxSettings> = {}): Session {
  return ubx.open(settingsOf(ubx, { enable: [], ...settings }));
}

function run(session: Session, name: string, args: Values = {}, id = "1"): readonly DriverEvent[] {
  return session.run?.({ id, name, args }) ?? [];
}

/** A session that knows the receiver's version. */
function opened(protocol: string, settings: Partial<UbxSettings> = {}): Session {
  const session = open(settings);
  session.push(monVer(protocol));
  return session;
}

function written(events: readonly DriverEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "write" ? [Buffer.from(event.bytes).toString("hex")] : [],
  );
}

function acknowledge(message: number, isAccepted = true): Buffer {
  return writeUbx(isAccepted ? 0x0501 : 0x0500, Buffer.from([message >> 8, message & 0xff]));
}

const ok = (call = "1"): object => ({ type: "outcome", call, outcome: { ok: true } });
const failed = (reason: RegExp, call = "1"): object => ({
  type: "outcome",
  call,
  outcome: { ok: false, reason },
});
const discard = (bytes: number, reason: string): object => ({ type: "discard", bytes, reason });

t.test(
  "a changed byte: the frame is refused, and the next one is found inside what it claimed",
  async (t) => {
    const broken = Buffer.from(PVT);
    broken[20] = (broken[20] ?? 0) ^ 1;
    t.match(open().push(Buffer.concat([broken, PVT])), [discard(100, "checksum"), { type: "reading" }]);
    const long = Buffer.from(PVT);
    // A length of 356 instead of 92 reaches over the following frames.
    long[5] = 1;
    const events = open().push(Buffer.concat([long, PVT, PVT, PVT, PVT]));
    t.match(events[0], discard(100, "truncated"));
    t.equal(events.filter(({ type }) => type === "reading").length, 4);
  },
);

t.test("a length from noise waits for 8 KiB at most", async (t) => {
  const noise = Buffer.concat([SYNC, Buffer.from("0107ffff", "hex")]);
  t.match(open().push(Buffer.concat([noise, PVT])), [discard(6, "noise"), { type: "reading" }]);
  const session = open();
  session.push(Buffer.concat([SYNC, Buffer.from("0107f01f", "hex")]));
  const events = Array.from({ length: 100 }, () => session.push(PVT)).flat();
  t.ok(events.filter(({ type }) => type === "reading").length >= 99, "none is lost");
});

t.test("a frame that is cut off gives nothing, whatever follows", async (t) => {
  for (let length = 1; length < PVT.length; length++) {
    const session = open();
    t.same(session.push(PVT.subarray(0, length)), [], `${length} bytes`);
    // What is left may claim some of what follows, until that is long enough to fail the check.
    const events = Array.from({ length: 8 }, () => session.push(PVT)).flat();
    const readings = events.filter(({ type }) => type === "reading");
    t.ok(readings.length === 8 && new Set(readings.map((one) => JSON.stringify(one))).size === 1);
  }
});

t.test("NMEA and RTCM between frames are known for what they are", async (t) => {
  const zda = writeSentence("GNZDA,120000.00,01,01,2026,00,00");
  // A message 1005 as it is on the air. RTCM 10403.3, 4, "Example".
  const rtcm = Buffer.from("d300133ed7d30202980edeef34b4bd62ac0941986f33360b98", "hex");
  t.match(open().push(Buffer.concat([zda, PVT, rtcm, PVT])), [
    discard(zda.length, "unsupported"),
    { type: "reading" },
    discard(rtcm.length, "unsupported"),
    { type: "reading" },
  ]);
  const wrong = Buffer.from(zda.toString("latin1").replace("2026", "2027"));
  t.match(open().push(Buffer.concat([wrong, PVT])), [discard(wrong.length, "checksum"), { type: "reading" }]);
});

t.test("a sentence that is cut off by a frame, and a frame inside a sentence", async (t) => {
  t.match(open().push(Buffer.concat([Buffer.from("$GNZDA,1200"), PVT])), [
    discard(11, "noise"),
    { type: "reading" },
  ]);
});

t.test("garbage before and between is noise", async (t) => {
  const garbage = Buffer.from("00ffb5b5d3ffff240d", "hex");
  t.match(open().push(Buffer.concat([garbage, PVT, garbage, PVT])), [
    discard(9, "noise"),
    { type: "reading" },
    discard(9, "noise"),
    { type: "reading" },
  ]);
});

t.test("what is no value is null", async (t) => {
  const [event] = open().push(pvt({ ...EPOCH, hasFix: false }));
  t.match(event, {
    type: "reading",
    values: {
      valid: false,
      latitude: null,
      longitude: null,
      altitude: null,
      speed: null,
      course: null,
      horizontal_accuracy: null,
      fix_type: 0,
      utc: "2026-01-01T12:00:00.000000000Z",
    },
  });
  const payload = Buffer.alloc(28);
  payload.fill(0xff, 20);
  t.match(open().push(writeUbx(0x0102, payload)), [
    { values: { latitude: null, horizontal_accuracy: null } },
  ]);
  // Neither date nor time nor leap seconds are known yet.
  t.match(open().push(writeUbx(0x0107, Buffer.alloc(92))), [{ values: { utc: null, valid: false } }]);
  t.match(open().push(writeUbx(0x0120, Buffer.alloc(16))), [{ values: { utc: null, gps_week: null } }]);
  t.match(open().push(writeUbx(0x0121, Buffer.alloc(20))), [{ values: { utc: null } }]);
});

t.test("time is exact to the nanosecond, before the second too", async (t) => {
  const utcOf = (nano: number): unknown => {
    const payload = Buffer.alloc(92);
    payload.writeUInt16LE(2017, 4);
    payload.set([1, 1, 0, 0, 0, 0b111], 6);
    payload.writeInt32LE(nano, 16);
    const [event] = open().push(writeUbx(0x0107, payload));
    return event?.type === "reading" && event.values["utc"];
  };
  t.equal(utcOf(-361_668), "2016-12-31T23:59:59.999638332Z");
  t.equal(utcOf(5), "2017-01-01T00:00:00.000000005Z");
});

t.test("GPS time less the leap seconds is UTC", async (t) => {
  const payload = Buffer.alloc(16);
  payload.writeUInt32LE(494_575_000, 0);
  payload.writeInt32LE(-112_313, 4);
  payload.writeInt16LE(1977, 8);
  payload.set([18, 0b111], 10);
  t.match(open().push(writeUbx(0x0120, payload)), [
    { values: { utc: "2017-12-01T17:22:36.999887687Z", leap_seconds: 18, gps_week: 1977 } },
  ]);
});

t.test(
  "a payload that is too short, or with a date that cannot be, is unparsable; a longer one is newer",
  async (t) => {
    for (const [name, { id, minBytes }] of Object.entries(MESSAGES)) {
      t.match(open().push(writeUbx(id, Buffer.alloc(minBytes - 1))), [{ reason: "unparsable" }], name);
      t.match(open().push(writeUbx(id, Buffer.alloc(minBytes + 8))), [{ values: { message: name } }], name);
    }
    const payload = Buffer.alloc(92);
    payload.set([13, 1, 0, 0, 0, 0b111], 6);
    t.match(open().push(writeUbx(0x0107, payload)), [{ reason: "unparsable" }]);
    t.match(open().push(writeUbx(0x0135, Buffer.from([0, 0, 0, 0, 1, 9, 0, 0]))), [{ reason: "unparsable" }]);
    t.match(open().push(writeUbx(0x0a04, Buffer.alloc(39))), [{ reason: "unparsable" }]);
  },
);

t.test("`messages` chooses what becomes a reading", async (t) => {
  t.match(open({ messages: ["NAV-SAT"] }).push(PVT), [discard(100, "unsupported")]);
  t.match(open().push(writeUbx(0x0161, Buffer.alloc(4))), [discard(12, "unsupported")]);
});

t.test("before u-blox 9 each setting has a message of its own", async (t) => {
  const session = opened("23.01");
  t.same(written(run(session, "rate", { interval: 1000 })), ["b56206080600e80301000100" + "0139"]);
  t.same(session.push(acknowledge(0x0601)), [], "the answer to something else");
  t.same(session.push(acknowledge(0x0608)), [ok()]);
  t.same(session.push(acknowledge(0x0608)), [], "an answer counts once");
  t.same(written(run(session, "message", { name: "NAV-PVT" })), ["b56206010300010701" + "1351"]);
  t.match(session.push(acknowledge(0x0601, false)), [failed(/refuses/)]);
  t.same(written(run(session, "message", { name: "NAV-SOL", every: 0 })), [
    writeUbx(0x0601, Buffer.from([1, 6, 0])).toString("hex"),
  ]);
});

t.test("from u-blox 9 on there are keys and values", async (t) => {
  const session = opened("32.01", { receiverPort: "usb" });
  t.same(written(run(session, "rate", { interval: 200 })), [
    writeUbx(0x068a, Buffer.from("00010000" + "01002130c800" + "020021300100", "hex")).toString("hex"),
  ]);
  t.same(session.push(acknowledge(0x068a)), [ok()]);
  t.same(written(run(session, "message", { name: "NAV-PVT", every: 5 })), [
    writeUbx(0x068a, Buffer.from("00010000" + "0900912005", "hex")).toString("hex"),
  ]);
  t.same(session.push(acknowledge(0x068a)), [ok()]);
  t.match(run(session, "message", { name: "NAV-SOL" }), [failed(/have no NAV-SOL/)]);
});

t.test("the version is asked for before the first command, and not again", async (t) => {
  const session = open();
  t.same(run(session, "rate", { interval: 500 }), [POLL, WAKE]);
  const events = session.push(monVer("18.00"));
  t.match(events[0], {
    type: "reading",
    values: { message: "MON-VER", protocol_version: "18.00", model: "SIM" },
  });
  t.equal(written(events).length, 1);
  t.same(session.push(acknowledge(0x0608)), [ok()]);
  t.equal(written(run(session, "rate", { interval: 500 })).length, 1);
});

t.test("version: its result is the reading", async (t) => {
  const session = open();
  t.same(run(session, "version"), [POLL, WAKE]);
  t.match(session.push(monVer("27.31")), [
    { type: "reading" },
    { call: "1", outcome: { ok: true, result: { protocol_version: "27.31", hardware: "00190000" } } },
  ]);
});

t.test("a receiver that does not tell its version is an old one", async (t) => {
  const session = open();
  run(session, "rate", { interval: 1000 });
  const old = writeUbx(0x0a04, Buffer.alloc(70));
  t.match(written(session.push(old)), [/^b5620608/]);
});

t.test("one order at a time, in order", async (t) => {
  const session = opened("18.00");
  t.equal(written(run(session, "rate", { interval: 100 }, "1")).length, 1);
  t.same(run(session, "message", { name: "NAV-DOP" }, "2"), []);
  t.same(run(session, "message", { name: "NAV-SAT" }, "3"), []);
  const events = session.push(acknowledge(0x0608));
  t.match(events, [ok("1"), { type: "write" }, WAKE]);
  session.cancel?.("3");
  t.same(session.push(acknowledge(0x0601)), [ok("2")], "what was cancelled is not sent");
});

t.test("no answer fails a command; the next one is tried", async (t) => {
  const session = opened("18.00");
  run(session, "rate", { interval: 100 }, "1");
  run(session, "rate", { interval: 200 }, "2");
  t.match(session.wake?.(), [failed(/does not answer/), { type: "write" }, WAKE]);
  session.cancel?.("2");
  t.same(session.push(acknowledge(0x0608)), [], "nobody waits for it any more");
});

t.test("a restart is confirmed by the receiver's answering after it", async (t) => {
  const session = opened("27.31");
  const [write] = written(run(session, "restart", { kind: "cold" }));
  t.equal(write, "b56206040400ffff02000e61" + "b5620a0400000e34");
  t.same(session.push(acknowledge(0x0604)), [], "some acknowledge it, before they restart");
  t.same(session.wake?.(), [POLL, WAKE]);
  t.match(session.push(monVer("27.31")), [{ type: "reading" }, ok()]);
  run(session, "restart", { kind: "hot" });
  t.match(session.push(acknowledge(0x0604, false)), [failed(/refuses/)]);
  run(session, "restart", { kind: "warm" });
  session.wake?.();
  session.wake?.();
  t.match(session.wake?.(), [failed(/does not answer/)]);
});

t.test(
  "`enable` is asked for when the port opens, and again when the receiver has started anew",
  async (t) => {
    const session = open({ enable: ["NAV-PVT", "NAV-SAT"] });
    t.same(session.start?.(), [POLL, WAKE]);
    t.equal(written(session.push(monVer("27.31"))).length, 1);
    t.equal(written(session.push(acknowledge(0x068a))).length, 1);
    t.match(session.push(acknowledge(0x068a, false)), [
      { type: "log", text: /NAV-SAT 1: the receiver refuses it/ },
    ]);
    const banner = writeSentence("GNTXT,01,01,02,u-blox AG - www.u-blox.com");
    t.match(session.push(banner), [{ type: "log" }, { type: "write" }, WAKE]);
  },
);

t.test("a receiver that is only listened to is complained of once, and asked again every 30 s", async (t) => {
  const session = open({ enable: ["NAV-PVT"] });
  session.start?.();
  const later = { type: "wake", afterMs: 30_000 };
  t.match(session.wake?.(), [{ type: "log", text: /does not answer/ }, later]);
  t.same(session.wake?.(), [POLL, WAKE]);
  t.same(session.wake?.(), [later]);
  session.wake?.();
  t.match(written(session.push(monVer("18.00"))), [/^b5620601/], "it was switched on");
  t.same(session.push(acknowledge(0x0601)), []);
});
