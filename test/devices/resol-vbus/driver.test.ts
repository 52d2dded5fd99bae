import t from "tap";
import { resolVbus } from "../../../devices/resol-vbus/driver.ts";
import { layoutOf } from "../../../devices/resol-vbus/packets.table.ts";
import { writePacket } from "../../../devices/resol-vbus/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { isName } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const DL3 = 0x0053;
const E_METER = 0x7722;
const UNKNOWN = 0x6611;

const open = (source = ""): Session => resolVbus.open(settingsOf(resolVbus, { source }));

function packet(source: number, hex: string, { destination = 0x0010, command = 0x0100 } = {}): Buffer {
  return writePacket({ destination, source, command, payload: Buffer.from(hex, "hex") });
}

function readings(events: readonly DriverEvent[]): object[] {
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

/** 52.3 and 54.0 Cel, 400 l/h, 289 Wh, 11 kWh and 2 MWh. */
const METER = packet(E_METER, "0b021c02900121010b000200");

t.test("a packet of the table is a reading by names, and is told of once", async (t) => {
  const session = open();
  const events = session.push(METER);
  t.match(events[0], { type: "describe", metrics: { heat_meter_1_heat: { unit: "W.h" } } });
  t.strictSame(readings(events), [
    {
      source: "7722",
      controller: "DeltaSol E",
      heat_meter_1_flow_temperature: 52.3,
      heat_meter_1_return_temperature: 54,
      heat_meter_1_flow: 400,
      heat_meter_1_heat: 2_011_289,
    },
  ]);
  t.match(session.push(METER), [{ type: "reading" }]);
});

t.test("the part of a controller by the last digit of its address", async (t) => {
  const found = readings(open().push(packet(0x7e3c, "05774a0000000000".padEnd(32, "0"))));
  t.match(found, [{ source: "7E3C", controller: "DeltaSol MX", heat_meter_12_heat: 4_880_133 }]);
});

t.test("a heat meter of a DeltaSol MX counts on beyond 32 bits, if it sends that", async (t) => {
  const heat = (hex: string): unknown => readings(open().push(packet(0x7e30, hex)))[0];
  t.match(heat(`${"01000000".padEnd(72, "0")}02000000`), { heat_meter_0_heat: 2_000_000_001 });
  t.match(heat("01000000".padEnd(72, "0")), { heat_meter_0_heat: 1 });
});

t.test("an address that is not in the table gives its words", async (t) => {
  t.strictSame(readings(open().push(packet(UNKNOWN, "e80318fc"))), [
    { source: "6611", controller: null, word_6611_0: 1_000, word_6611_2: -1_000 },
  ]);
  const elsewhere = packet(E_METER, "e8030000", { destination: 0 });
  t.match(readings(open().push(elsewhere)), [{ controller: null, word_7722_0: 1_000 }]);
});

t.test("a shorter packet, of older software, has what is in it", async (t) => {
  t.strictSame(readings(open().push(packet(E_METER, "0b021c02"))), [
    {
      source: "7722",
      controller: "DeltaSol E",
      heat_meter_1_flow_temperature: 52.3,
      heat_meter_1_return_temperature: 54,
    },
  ]);
});

t.test("sensors that are broken, short-circuited or not there are null", async (t) => {
  for (const hex of ["b822", "48dd", "ff7f", "0080"])
    t.match(readings(open().push(packet(E_METER, `${hex}0000`))), [{ heat_meter_1_flow_temperature: null }]);
});

t.test("only what comes from the address of the settings", async (t) => {
  const session = open("7e31");
  t.match(session.push(METER), [{ type: "discard", bytes: METER.length, reason: "unsupported" }]);
  t.equal(readings(session.push(packet(0x7e31, "00000000"))).length, 1);
});

t.test("requests, block types, empty packets, datagrams and telegrams are no readings", async (t) => {
  const streams = [
    packet(UNKNOWN, "00000000", { command: 0x0200 }),
    packet(UNKNOWN, "", { command: 0x0300 }),
    packet(E_METER, "010b000000000000", { destination: 0x0015 }),
    packet(UNKNOWN, ""),
    Buffer.from("aa000010722000050000000000000058", "hex"),
    Buffer.from("aa10203177300176", "hex"),
    Buffer.from("aa31771020302552680369000000000526", "hex"),
  ];
  for (const bytes of streams)
    t.same(open().push(bytes), [{ type: "discard", bytes: bytes.length, reason: "unsupported" }]);
});

t.test("a wrong bit anywhere makes no reading, and the next packet does", async (t) => {
  for (let at = 0; at < METER.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const wrong = Buffer.from(METER);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << bit);
      const found = readings(open().push(Buffer.concat([wrong, METER, METER])));
      t.equal(found.length, 2, `byte ${at}, bit ${bit}`);
    }
});

t.test("a packet that is cut off is given up at the next sync, not at its end", async (t) => {
  const long = packet(DL3, "00".repeat(4 * 100));
  const events = open().push(Buffer.concat([long.subarray(0, 50), METER]));
  t.match(events, [
    { type: "discard", bytes: 50, reason: "truncated" },
    { type: "describe" },
    { type: "reading" },
  ]);
});

t.test("noise that looks like ever new controllers does not make ever new metrics", async (t) => {
  const session = open();
  const kinds = Array.from({ length: 200 }, (_, i) =>
    packet(0x6000 + (i % 100) + (i > 99 ? 0x100 : 0), "00000000"),
  );
  const told = kinds.flatMap((bytes) => session.push(bytes)).filter(({ type }) => type === "describe");
  t.equal(told.length, 64);
  t.match(session.push(kinds[0] ?? METER), [{ type: "reading" }], "those that were told of go on");
});

t.test("every field of the table has a name of its own", async (t) => {
  let layouts = 0;
  for (let source = 0; source <= 0x7f7f; source++) {
    const fields = layoutOf(source)?.fields;
    if (!fields) continue;
    layouts++;
    const names = fields.map(({ name }) => name);
    t.equal(new Set(names).size, names.length, source.toString(16));
    t.ok(names.every(isName));
  }
  t.ok(layouts > 90);
});
