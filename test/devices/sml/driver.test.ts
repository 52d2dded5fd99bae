import t from "tap";
import { crcKermit, crcX25 } from "../../../devices/sml/crc16.ts";
import { sml } from "../../../devices/sml/driver.ts";
import { MAX_FRAME_BYTES, writeFrame } from "../../../devices/sml/transport.ts";
import { list, message, NOTHING, octets, signed, unsigned } from "../../../devices/sml/writer.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";
import { entry, frameOf, listMessage, openMessage, SERVER_ID, watts } from "./frames.ts";

const POWER = "0100100700ff";
const START = Buffer.from("1b1b1b1b01010101", "hex");
const push = (...parts: readonly Buffer[]): readonly DriverEvent[] =>
  sml.open(settingsOf(sml)).push(Buffer.concat(parts));
const values = (events: readonly DriverEvent[]): object[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
const discards = (events: readonly DriverEvent[]): string[] =>
  events.flatMap((event) => (event.type === "discard" ? [`${event.bytes} ${event.reason}`] : []));

const FRAME = frameOf(entry(POWER, signed(56_350, 4), watts));

t.test("the CRCs are those of the catalogue", async (t) => {
  const check = Buffer.from("123456789");
  t.equal(crcX25(check, 0, 9), 0x906e);
  t.equal(crcKermit(check, 0, 9), 0x2189);
});

t.test("integers of any length have their sign, and come out exact", async (t) => {
  for (const [raw, scaler, value] of [
    [unsigned(0xff, 1), 0, 255],
    [signed(-1, 1), 0, -1],
    [signed(-29_912, 2), -2, -299.12],
    [unsigned(0x8000_00, 3), -1, 838_860.8],
    [signed(-5, 3), 0, -5],
    [signed(153_385_557, 5), -1, 15_338_555.7],
    [unsigned(3, 8), -1, 0.3],
    [signed(7, 6), 3, 7_000],
  ] as const)
    t.match(values(push(frameOf(entry(POWER, raw, { scaler: signed(scaler, 1) })))), [{ power: value }]);
});

t.test("what is left out is null, or the usual unit", async (t) => {
  const events = push(
    frameOf(entry(POWER, NOTHING), entry("0100200700ff", unsigned(230, 1)), entry("0100630900ff", NOTHING)),
  );
  t.match(events, [{ type: "describe", metrics: { voltage_l1: { unit: "V" } } }, { type: "reading" }]);
  t.same(values(events), [{ server_id: SERVER_ID.toString("hex"), power: null, voltage_l1: 230 }]);
});

t.test("a metric keeps the type of its first value", async (t) => {
  const session = sml.open(settingsOf(sml));
  const text = entry("010060050001", octets(Buffer.from("good")));
  const number = entry("010060050001", unsigned(1, 1));
  t.match(values(session.push(frameOf(text))), [{ "1-0_96.5.0_1": "good" }]);
  t.match(values(session.push(frameOf(number))), [{ "1-0_96.5.0_1": null }]);
});

t.test("the sensor's time may be a choice or a bare number", async (t) => {
  for (const time of [
    list(unsigned(1, 1), unsigned(77, 4)),
    unsigned(77, 4),
    list(unsigned(3, 1), list(unsigned(77, 4), signed(60, 2), signed(0, 2))),
  ])
    t.match(values(push(writeFrame(listMessage([entry(POWER, unsigned(1, 1))], { time })))), [
      { sensor_time: 77 },
    ]);
});

t.test("a DZG meter of the numbers that have the fault sends power without a sign", async (t) => {
  for (const [serial, power] of [
    [43_404_612, 356.24],
    [60_000_001, -299.12],
  ] as const) {
    const server = Buffer.concat([Buffer.from("0a01445a4700", "hex"), Buffer.alloc(4)]);
    server.writeUInt32BE(serial, 6);
    const entries = [entry("0100600100ff", octets(server)), entry(POWER, signed(-29_912, 2), watts)];
    t.match(values(push(writeFrame(listMessage(entries, { server: NOTHING })))), [
      { power, server_id: server.toString("hex") },
    ]);
    const exported = entry(POWER, signed(-126_061, 4), watts);
    t.match(values(push(writeFrame(listMessage([exported], { server: octets(server) })))), [
      { power: -1_260.61 },
    ]);
  }
});

t.test("messages with a CRC by Kermit are taken, others with a wrong one are not", async (t) => {
  const right = listMessage([entry(POWER, unsigned(1, 1))]);
  const kermit = Buffer.from(right);
  kermit.writeUInt16LE(crcKermit(kermit, 0, kermit.length - 4), kermit.length - 3);
  t.equal(values(push(writeFrame(kermit))).length, 1);
  const wrong = Buffer.from(kermit);
  wrong[wrong.length - 3] = (wrong[wrong.length - 3] ?? 0) ^ 1;
  const frame = writeFrame(wrong);
  t.same(push(frame), [{ type: "discard", bytes: frame.length, reason: "checksum" }]);
});

t.test("the escape sequence in data is sent twice and read once", async (t) => {
  for (const data of [
    "1b1b1b1b",
    "1b1b1b1b1a000000",
    "001b1b1b1b1b",
    "1b1b1b1b01010101",
    "1b1b1b1b1b1b1b1b1b",
  ])
    t.match(values(push(frameOf(entry("010060050001", octets(Buffer.from(data, "hex")))))), [
      { "1-0_96.5.0_1": data },
    ]);
});

t.test("garbage before and between frames is noise", async (t) => {
  const events = push(Buffer.from("1b1b00"), FRAME, Buffer.from("1b1b1b1b02"), FRAME, Buffer.alloc(300));
  t.same(discards(events), ["6 noise", "10 noise", "256 noise"]);
  t.equal(values(events).length, 2);
});

t.test("after a wrong CRC the search goes on inside the frame", async (t) => {
  const wrong = Buffer.from(FRAME);
  wrong[40] = (wrong[40] ?? 0) ^ 1;
  t.same(discards(push(wrong, FRAME)), [`${wrong.length} checksum`]);
  // Its CRC is lost: what is taken for it are the first bytes of the next frame.
  const cut = FRAME.subarray(0, FRAME.length - 2);
  const events = push(cut, FRAME);
  t.same(discards(events), [`${cut.length} truncated`]);
  t.equal(values(events).length, 1);
});

t.test("a frame cut off anywhere gives no reading, and does not hide the next", async (t) => {
  for (let cut = 1; cut < FRAME.length; cut++) {
    t.same(values(push(FRAME.subarray(0, cut))), [], `${cut} bytes`);
    t.equal(values(push(FRAME.subarray(0, cut), FRAME)).length, 1, `${cut} and a whole one`);
  }
});

t.test("frames that begin and never end give nothing", async (t) => {
  const cut = FRAME.subarray(0, 60);
  t.same(push(cut, cut, cut), [
    { type: "discard", bytes: 60, reason: "truncated" },
    { type: "discard", bytes: 60, reason: "truncated" },
  ]);
  const endless = Buffer.concat([START, Buffer.alloc(2 * MAX_FRAME_BYTES)]);
  const [first, ...rest] = push(endless, FRAME);
  t.same(first, { type: "discard", bytes: MAX_FRAME_BYTES, reason: "too-long" });
  t.equal(values(rest).length, 1);
});

t.test("every byte is told of or pending, also byte by byte", async (t) => {
  const stream = Buffer.concat([START, Buffer.alloc(MAX_FRAME_BYTES + 100, 0x1b), FRAME]);
  const session = sml.open(settingsOf(sml));
  const byByte = [...stream].flatMap((byte) => session.push(Uint8Array.of(byte)));
  t.same(byByte, push(stream));
});

const malformed: readonly (readonly [what: string, payload: Buffer])[] = [
  ["a list where there is none", Buffer.from("7601", "hex")],
  ["a list with more elements than bytes", Buffer.from("7f0101", "hex")],
  ["a length of too many digits", Buffer.from("76f1818181818181", "hex")],
  ["a message that ends too soon", openMessage().subarray(0, 20)],
  ["a list of two entries that has seven", message(Buffer.of(1), 0x701, list(NOTHING))],
  ["an OBIS code of five bytes", listMessage([entry("0100010800", NOTHING)])],
  ["an integer of nine bytes", listMessage([entry(POWER, Buffer.from("5a000000000000000001", "hex"))])],
  ["an unknown type", listMessage([entry(POWER, Buffer.from("2201", "hex"))])],
  ["lists a hundred deep", listMessage([entry(POWER, Buffer.concat([Buffer.alloc(100, 0x71), NOTHING]))])],
];
for (const [what, payload] of malformed)
  t.test(`${what}: unparsable`, async (t) => {
    const frame = writeFrame(payload);
    t.same(push(frame), [{ type: "discard", bytes: frame.length, reason: "unparsable" }]);
  });

t.test("a frame without a list of values is of a kind that gives no reading", async (t) => {
  const frame = writeFrame(openMessage());
  t.same(push(frame), [{ type: "discard", bytes: frame.length, reason: "unsupported" }]);
});
