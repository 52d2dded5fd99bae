import t from "tap";
import { enoceanEsp3 } from "../../../devices/enocean-esp3/driver.ts";
import { crc8 } from "../../../devices/enocean-esp3/crc8.ts";
import { PACKET, writePacket } from "../../../devices/enocean-esp3/protocol.ts";
import { writeTelegram } from "../../../devices/enocean-esp3/telegram.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const open = (senders: object = {}): Session => enoceanEsp3.open(settingsOf(enoceanEsp3, { senders }));
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const SENDER = "01:02:03:0A";
const telegram = (rorg: number, payload: string, status = 0): Buffer =>
  writeTelegram({ rorg, payload: hex(payload), sender: SENDER, status, signalDbm: -60, subtelegrams: 1 });
const OPEN = telegram(0xd5, "08");
const VERSION = hex("55 0001 00 05 70 03 09");
const ID_BASE = hex("55 0001 00 05 70 08 38");
const OK = writePacket(PACKET.response, Buffer.of(0));

function readings(events: readonly DriverEvent[]): object[] {
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

t.test("a sender without a profile gives what every telegram has", async (t) => {
  t.strictSame(readings(open().push(telegram(0xa5, "00005508"))), [
    {
      sender: SENDER,
      rorg: "A5",
      payload: "00005508",
      status: 0,
      repeater: 0,
      signal_strength: -60,
      subtelegrams: 1,
      destination: "FF:FF:FF:FF",
      security: 0,
      learn: false,
    },
  ]);
});

t.test("a profile is found whatever letters its sender's id is written in", async (t) => {
  const session = open({ "01:02:03:0a": "A5-02-05" });
  t.match(readings(session.push(telegram(0xa5, "00005508"))), [{ profile: "A5-02-05", temperature: 26.7 }]);
});

t.test("a telegram of another kind than the profile's has no values", async (t) => {
  const [reading] = readings(open({ [SENDER]: "A5-02-05" }).push(telegram(0xf6, "50", 0x30)));
  t.notOk(Object.hasOwn(reading ?? {}, "profile"));
});

t.test("the settings' profiles are what is described", async (t) => {
  const { metrics } = enoceanEsp3.describe(settingsOf(enoceanEsp3, { senders: { [SENDER]: "A5-09-04" } }));
  t.match(metrics, { co2: { unit: "[ppm]" }, humidity: { unit: "%" }, contact_closed: { type: "boolean" } });
  t.notOk(Object.hasOwn(metrics, "water"));
  t.throws(() => settingsOf(enoceanEsp3, { senders: { [SENDER]: "A5-02-0C" } }));
  t.throws(() => settingsOf(enoceanEsp3, { senders: { "01020304": "A5-02-05" } }));
});

t.test("who wants to be learnt is told, without values", async (t) => {
  const session = open({ [SENDER]: "A5-02-05" });
  t.match(readings(session.push(telegram(0xa5, "08284680"))), [
    { learn: true, learn_profile: "A5-02-05", manufacturer: 0x46 },
  ]);
  const [reading] = readings(session.push(telegram(0xa5, "00000000")));
  t.match(reading, { learn: true });
  t.notOk(Object.hasOwn(reading ?? {}, "temperature"));
  t.notOk(Object.hasOwn(reading ?? {}, "learn_profile"));
  t.match(readings(session.push(telegram(0xd4, "a00146000e01d2"))), [
    { learn: true, learn_profile: "D2-01-0E", manufacturer: 0x46 },
  ]);
  t.match(readings(session.push(telegram(0xd5, "00"))), [{ learn: true }]);
});

t.test("without optional data, or with no strength, there is null", async (t) => {
  t.match(readings(open().push(writePacket(PACKET.radioErp1, hex("d508 01020304 00")))), [
    { signal_strength: null, subtelegrams: null, destination: null, security: null, contact_closed: false },
  ]);
  const unknown = writeTelegram({ rorg: 0xd5, payload: hex("08"), sender: SENDER });
  t.match(readings(open().push(unknown)), [{ signal_strength: null, subtelegrams: 3 }]);
});

t.test("requests go one at a time, and each gets its response", async (t) => {
  const session = open();
  t.same(session.run?.({ id: "1", name: "version", args: {} }), [
    { type: "write", bytes: VERSION },
    { type: "wake", afterMs: 600 },
  ]);
  t.same(session.run?.({ id: "2", name: "id_base", args: {} }), []);
  const version = hex("00 020b0100 02060300 0181a2b3 454f0103 47415445574159435452 4c0000000000");
  t.same(session.push(writePacket(PACKET.response, version)), [
    {
      type: "outcome",
      call: "1",
      outcome: {
        ok: true,
        result: {
          application: "2.11.1.0",
          api: "2.6.3.0",
          chip_id: "01:81:A2:B3",
          chip_version: "454f0103",
          description: "GATEWAYCTRL",
        },
      },
    },
    { type: "write", bytes: ID_BASE },
    { type: "wake", afterMs: 600 },
  ]);
  t.match(session.push(OPEN), [{ type: "reading" }], "telegrams come in between");
  t.same(session.push(writePacket(PACKET.response, hex("00 ff800000"), Buffer.of(10))), [
    {
      type: "outcome",
      call: "2",
      outcome: { ok: true, result: { base_id: "FF:80:00:00", writes_left: 10 } },
    },
  ]);
  t.same(session.wake?.(), [], "the time that was asked for is nothing any more");
});

t.test("send writes the telegram and succeeds when the gateway has it", async (t) => {
  const session = open();
  const args = { rorg: "F6", payload: "50", sender: "FF:80:00:01", status: 48 };
  t.match(session.run?.({ id: "1", name: "send", args }), [
    { type: "write", bytes: hex("55 0007 07 01 7a f650ff80000130 03ffffffffff00 7b") },
    { type: "wake" },
  ]);
  t.same(session.push(OK), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
});

t.test("send to one receiver", async (t) => {
  const args = { rorg: "D2", payload: "010064", sender: "FF:80:00:01", destination: "01:94:e3:b9" };
  const [write] = open().run?.({ id: "1", name: "send", args }) ?? [];
  if (write?.type !== "write") return t.fail("nothing is written");
  t.equal(Buffer.from(write.bytes).toString("hex", 6, 22), "d2010064ff80000100030194e3b9ff00");
});

t.test("what cannot be sent is not", async (t) => {
  const good = { rorg: "A5", payload: "00005508", sender: "FF:80:00:01" };
  for (const [args, reason] of [
    [{ ...good, payload: "0000550" }, /hex/],
    [{ ...good, payload: "0x" }, /hex/],
    [{ ...good, payload: "08" }, /A5 has 4 bytes/],
    [{ ...good, sender: "FF-80-00-01" }, /no id/],
    [{ ...good, destination: "FF:80:00:0G" }, /no id/],
  ] as const)
    t.match(open().run?.({ id: "1", name: "send", args }), [{ outcome: { ok: false, reason } }]);
});

t.test("a command fails by what the gateway returns, or if it does not respond", async (t) => {
  for (const [returned, reason] of [
    ["02", /does not support/],
    ["05", /duty cycle/],
    ["00", /too short/],
    ["90", /returns 90/],
  ] as const) {
    const session = open();
    session.run?.({ id: "1", name: "version", args: {} });
    t.match(session.push(writePacket(PACKET.response, hex(returned))), [{ outcome: { ok: false, reason } }]);
  }
  const session = open();
  session.run?.({ id: "1", name: "version", args: {} });
  t.match(session.wake?.(), [{ outcome: { ok: false, reason: /does not respond/ } }]);
  t.match(session.push(OK), [{ type: "discard", reason: "unsupported" }], "too late");
});

t.test("after a cancel the response is still that of the cancelled request", async (t) => {
  const session = open();
  session.run?.({ id: "1", name: "version", args: {} });
  session.cancel?.("1");
  t.same(session.run?.({ id: "2", name: "id_base", args: {} }), []);
  t.match(session.push(OK), [{ type: "write", bytes: ID_BASE }, { type: "wake" }]);
  session.run?.({ id: "3", name: "version", args: {} });
  session.cancel?.("3");
  t.match(session.push(writePacket(PACKET.response, hex("00ff800000"))), [
    { call: "2", outcome: { ok: true, result: { base_id: "FF:80:00:00", writes_left: null } } },
  ]);
});

t.test("what is no telegram is discarded, by reason", async (t) => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["a response that nobody waits for", OK, "unsupported"],
    ["the gateway's start", writePacket(PACKET.event, Buffer.of(4)), "unsupported"],
    ["one's own request", ID_BASE, "unsupported"],
    ["ERP2", writePacket(10, Buffer.alloc(8)), "unsupported"],
    ["no payload", writePacket(PACKET.radioErp1, hex("d20102030400")), "unparsable"],
    ["A5 with three bytes", writePacket(PACKET.radioErp1, hex("a50055080102030400")), "unparsable"],
    ["F6 with two bytes", writePacket(PACKET.radioErp1, hex("f650500102030400")), "unparsable"],
  ];
  for (const [what, bytes, reason] of cases)
    t.same(open().push(bytes), [{ type: "discard", bytes: bytes.length, reason }], what);
});

t.test("noise, wrong CRCs, and the search that goes on at sync + 1", async (t) => {
  const data = Buffer.from(OPEN);
  data[7] = 0x09;
  const head = Buffer.from(OPEN);
  head[2] = 0x08;
  const events = open().push(Buffer.concat([hex("55 00 55"), OPEN, data, OPEN, head, OPEN]));
  t.same(
    events.filter(({ type }) => type === "discard"),
    [
      { type: "discard", bytes: 3, reason: "noise" },
      { type: "discard", bytes: OPEN.length, reason: "checksum" },
      { type: "discard", bytes: OPEN.length, reason: "noise" },
    ],
  );
  t.equal(readings(events).length, 3);
});

t.test("a packet cut off anywhere gives no reading, and the next one does", async (t) => {
  for (let cut = 1; cut < OPEN.length; cut++) {
    t.same(readings(open().push(OPEN.subarray(0, cut))), []);
    const events = open().push(Buffer.concat([OPEN.subarray(0, cut), telegram(0xd5, "09"), OPEN]));
    t.match(readings(events), [{ contact_closed: true }, { contact_closed: false }], `cut at ${cut}`);
  }
});

t.test("a packet cut off whose CRC fits the next one's beginning is no reading", async (t) => {
  const next = telegram(0xa5, "00005508");
  const glued = Array.from({ length: 256 }, (_, payload) => {
    const cut = telegram(0xa5, `0000${payload.toString(16).padStart(2, "0")}08`).subarray(0, 14);
    return Buffer.concat([cut, next]);
  });
  const fitting = glued.filter((bytes) => crc8(bytes, 6, 23) === bytes[23]);
  t.equal(fitting.length, 1, "one of 256 does fit");
  for (const bytes of fitting)
    t.match(open().push(bytes), [
      { type: "discard", bytes: 14, reason: "truncated" },
      { type: "reading", values: { payload: "00005508" } },
    ]);
});

t.test("no more than the longest packet is held back", async (t) => {
  const tooLong = hex("55 0219 00 07 00");
  t.same(
    open()
      .push(Buffer.concat([tooLong, OPEN]))
      .at(0),
    { type: "discard", bytes: 6, reason: "noise" },
  );
  const longest = writePacket(7, Buffer.alloc(536), Buffer.alloc(16));
  longest[longest.length - 1] = (longest.at(-1) ?? 0) ^ 1;
  t.same(open().push(longest), [{ type: "discard", bytes: 559, reason: "checksum" }]);
});
