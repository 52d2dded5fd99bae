import t from "tap";
import { mcu680 } from "../../../devices/mcu680/driver.ts";
import { writeRaw, type Raw } from "../../../devices/mcu680/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const RAW = { temperature: 2_350, humidity: 4_567, pressure: 101_325, iaq: 25, gas: 40_000, altitude: 10 };
const DATA = writeRaw(RAW);
const VALUES = {
  temperature: 23.5,
  humidity: 45.67,
  pressure: 101_325,
  iaq: 25,
  iaq_accuracy: 0,
  gas_resistance: 40_000,
  altitude: 10,
};
const open = (): Session => mcu680.open(settingsOf(mcu680));
const run = (session: Session, name: string, id = "1"): unknown => session.run?.({ id, name, args: {} });
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const failed = (reason: RegExp): object => ({ type: "outcome", call: "1", outcome: { ok: false, reason } });
const readings = (...chunks: Buffer[]): unknown[] =>
  open()
    .push(Buffer.concat(chunks))
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));

t.test("all values, below zero too, and those that the module was told to send", async (t) => {
  t.same(readings(DATA), [VALUES]);
  t.match(readings(writeRaw({ ...RAW, temperature: -525, altitude: -20, iaq: 0x31f4, gas: 0xffffffff })), [
    { temperature: -5.25, altitude: -20, iaq: 500, iaq_accuracy: 3, gas_resistance: 4_294_967_295 },
  ]);
  const parts: readonly (readonly [Raw, object])[] = [
    [{ temperature: 2_350 }, { temperature: 23.5 }],
    [{ pressure: 101_325 }, { pressure: 101_325 }],
    [{ iaq: 0x1032 }, { iaq: 50, iaq_accuracy: 1 }],
    [
      { humidity: 4_567, altitude: 10 },
      { humidity: 45.67, altitude: 10 },
    ],
  ];
  for (const [raw, values] of parts) t.same(readings(writeRaw(raw)), [values]);
});

/** Command, and what is written. */
const SILENT = [
  ["active", "a55602fd"],
  ["all_values", "a5553f39"],
  ["save", "a55a0100"],
  ["factory_reset", "a55a0201"],
] as const;

for (const [name, written] of SILENT)
  t.test(`${name} succeeds when it is written`, async (t) => {
    t.same(run(open(), name), [
      { type: "write", bytes: hex(written) },
      { type: "outcome", call: "1", outcome: { ok: true } },
    ]);
  });

t.test("read ends with the reading", async (t) => {
  const session = open();
  t.same(run(session, "read"), [
    { type: "write", bytes: hex("a55601fc") },
    { type: "wake", afterMs: 4_000 },
  ]);
  t.same(session.push(DATA), [
    { type: "reading", values: VALUES },
    { type: "outcome", call: "1", outcome: { ok: true, result: VALUES } },
  ]);
  t.same(session.push(DATA), [{ type: "reading", values: VALUES }]);
  t.same(session.wake?.(), []);
});

t.test("a read that is not answered is written three times, then fails", async (t) => {
  const session = open();
  run(session, "read");
  for (const attempt of [2, 3])
    t.match(session.wake?.(), [{ type: "write" }, { type: "wake" }], `attempt ${attempt}`);
  t.match(session.wake?.(), [failed(/no answer came/)]);
  t.same(session.wake?.(), []);
});

t.test("a second read fails the first; a cancelled one ends without a word", async (t) => {
  const session = open();
  run(session, "read");
  t.match(run(session, "read", "2"), [failed(/sent again/), { type: "write" }, { type: "wake" }]);
  t.same(session.cancel?.("2"), []);
  t.match(session.push(DATA), [{ type: "reading" }]);
  t.same(session.wake?.(), []);
});

t.test("values that no module has, and a length that is not theirs, begin no frame", async (t) => {
  for (const head of ["5a5a7f0f", "5a5a3f0e", "5a5a0000", "5a5a0103"]) {
    const frame = Buffer.from(DATA);
    frame.set(hex(head));
    frame[19] = frame.subarray(0, 19).reduce((sum, byte) => sum + byte, 0) & 0xff;
    t.same(readings(frame), [], head);
  }
});

t.test("after a wrong sum the search goes on at sync + 1", async (t) => {
  const broken = Buffer.from(DATA);
  broken[6] = 99;
  t.match(open().push(Buffer.concat([broken, DATA])), [
    { type: "discard", bytes: 20, reason: "checksum" },
    { type: "reading" },
  ]);
});

t.test("a frame cut off anywhere and a whole one are one reading", async (t) => {
  const end = Buffer.alloc(40);
  for (let gas = 0; gas < 2_000; gas++) {
    // All sums there are, and an altitude whose byte is that of a head.
    const whole = writeRaw({ ...RAW, gas, altitude: 0x5a });
    const after = writeRaw({ ...RAW, gas: gas + 1 });
    // A sum that is missing may be the next one's first byte: the values are whole then.
    for (let cut = 0; cut < whole.length - 1; cut++) {
      const found = readings(whole.subarray(0, cut), after, after, end) as { gas_resistance: number }[];
      if (found.map((one) => one.gas_resistance - gas).join() !== "1,1") t.fail(`${gas} cut after ${cut}`);
    }
  }
});

t.test("a head in the data is data, and waits for what follows", async (t) => {
  // Its own head as humidity and pressure; the last two bytes as one that begins.
  const strange = [
    { ...RAW, humidity: 0x5a5a, pressure: 0x3f0f00 },
    { ...RAW, gas: 0x5a5a3f0f },
  ];
  for (const raw of strange) {
    const frame = writeRaw(raw);
    const session = open();
    t.same(session.push(frame), [], "not yet");
    t.match(session.push(Buffer.concat([DATA, DATA])), [
      { values: { gas_resistance: raw.gas } },
      { type: "reading", values: VALUES },
      { type: "reading", values: VALUES },
    ]);
  }
  const sums = Array.from({ length: 256 }, (_, gas) => writeRaw({ ...RAW, gas, altitude: 0x5a }));
  const ending = sums.find((frame) => frame.at(-1) === 0x5a);
  if (!ending) return t.fail("no such sum");
  t.match(readings(ending, DATA, DATA), [{ altitude: 0x5a }, VALUES, VALUES]);
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < DATA.length; end++) t.same(readings(DATA.subarray(0, end)), []);
});
