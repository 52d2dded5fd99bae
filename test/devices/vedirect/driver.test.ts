import t from "tap";
import { vedirect } from "../../../devices/vedirect/driver.ts";
import { ANSWERS, writeRegister } from "../../../devices/vedirect/hex.ts";
import { HISTORY_REGISTER, writeHistory } from "../../../devices/vedirect/history.ts";
import { writeBlock } from "../../../devices/vedirect/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const open = (given: object = {}): Session => vedirect.open(settingsOf(vedirect, given));
const FIELDS = [
  ["PID", "0xA042"],
  ["V", "12540"],
  ["I", "-620"],
  ["LOAD", "ON"],
] as const;
const BLOCK = writeBlock(FIELDS);
const READING = { product: "0xA042", voltage: 12.54, current: -0.62, load: true };
const OLD = writeBlock([
  ["V", "26201"],
  ["SOC", "1000"],
]);

function push(session: Session, ...pieces: readonly (Uint8Array | string)[]): readonly DriverEvent[] {
  return session.push(
    Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece))),
  );
}
const reading = (values: Values = READING): object => ({ type: "reading", values });
const discard = (bytes: number, reason: string): object => ({ type: "discard", bytes, reason });
t.test("text: fields", async (t) => {
  t.test("a block is a reading", async (t) => t.strictSame(push(open(), BLOCK), [reading()]));

  t.test("--- is null, infinite time stays -1, bits come in hexadecimal", async (t) => {
    const block = writeBlock([
      ["PID", "0x203"],
      ["T", "---"],
      ["TTG", "-1"],
      ["OR", "0x00000101"],
      ["CE", "-65473"],
      ["Alarm", "On"],
    ]);
    t.match(push(open(), block), [
      reading({ temperature: null, time_to_go: -1, off_reason: 257, consumed_charge: -65.473, alarm: true }),
    ]);
  });

  t.test("a label that is not known is described, and published under its own name", async (t) => {
    const session = open();
    const block = writeBlock([
      ["PID", "0x203"],
      ["X_NEW", "17"],
      ["Y#", "abc"],
      ["Z", "---"],
    ]);
    const values = { product: "0x203", x_new: 17, y: "abc" };
    t.match(push(session, block), [
      { type: "describe", metrics: { x_new: { type: "integer" }, y: { type: "text" } } },
      reading(values),
    ]);
    t.strictSame(push(session, block), [reading(values)], "once");
  });

  t.test("a field that cannot be makes the whole block unparsable", async (t) => {
    for (const [label, value] of [
      ["V", "12x40"],
      ["V", ""],
      ["LOAD", "MAYBE"],
      ["H19", "99999999999999999999"],
    ] as const) {
      const block = writeBlock([
        ["PID", "0x203"],
        [label, value],
      ]);
      t.strictSame(push(open(), block), [discard(block.length, "unparsable")], `${label} ${value}`);
    }
  });

  t.test("the digits of the line are the digits of the value", async (t) => {
    const long = Array.from({ length: 6_000 }, (_, index) => index - 3_000).filter((millivolts) => {
      const [event] = push(
        open(),
        writeBlock([
          ["PID", "0"],
          ["VS", `${millivolts}`],
        ]),
      );
      return event?.type !== "reading" || String(event.values["auxiliary_voltage"]).length > 6;
    });
    t.same(long, []);
  });
});

t.test("text: what goes wrong", async (t) => {
  t.test("noise before, between and after", async (t) =>
    t.strictSame(push(open(), "\xff\x00", BLOCK, "abc", BLOCK, "\r", BLOCK), [
      discard(2, "noise"),
      reading(),
      discard(3, "noise"),
      reading(),
      discard(1, "noise"),
      reading(),
    ]),
  );

  t.test("a wrong sum", async (t) => {
    const wrong = Buffer.from(BLOCK);
    wrong[9] = 0x41;
    t.strictSame(push(open(), wrong, BLOCK), [discard(BLOCK.length, "checksum"), reading()]);
  });

  t.test("a block that begins before the line was opened", async (t) => {
    const tail = BLOCK.subarray(9);
    t.strictSame(push(open(), tail, BLOCK), [
      discard(tail.indexOf(0x0d), "noise"),
      discard(tail.length - tail.indexOf(0x0d), "checksum"),
      reading(),
    ]);
  });

  t.test("a block that is cut off by the next, also in its last byte", async (t) => {
    const cut = BLOCK.subarray(0, 30);
    t.strictSame(push(open(), cut, BLOCK), [discard(30, "truncated"), reading()]);
    const sumLost = BLOCK.subarray(0, -1);
    const events = push(open(), sumLost, BLOCK, BLOCK);
    t.strictSame(events, [discard(sumLost.length, "checksum"), reading(), reading()]);
  });

  t.test(
    "a cut block whose bytes and the next one's have the right sum by chance is no reading",
    async (t) => {
      // The sum of what was there before the cut is 0.
      const before = Buffer.from("\r\nH1\t-\r\nH2\t0", "latin1");
      const sum = before.reduce((total, byte) => total + byte, 0) & 0xff;
      const cut = Buffer.concat([before, Buffer.of(0x30, (0x100 - sum - 0x30) & 0xff)]);
      t.equal(cut.reduce((total, byte) => total + byte, 0) & 0xff, 0, "it is");
      const events = push(open(), cut, BLOCK);
      t.strictSame(events.at(-1), reading());
      t.equal(events.filter(({ type }) => type === "reading").length, 1);
    },
  );

  t.test("the end of a block that has the right sum by chance is no reading", async (t) => {
    const start = OLD.indexOf("\r\nSOC");
    const tail = Buffer.from(OLD.subarray(start));
    tail[tail.length - 1] = (tail.at(-1) ?? 0) - (tail.reduce((total, byte) => total + byte, 0) & 0xff);
    t.strictSame(push(open(), "x", tail), [discard(1, "noise"), discard(tail.length, "truncated")]);
  });

  t.test("a device whose blocks begin with V is read where they must begin", async (t) => {
    const values = { voltage: 26.201, state_of_charge: 100 };
    t.strictSame(push(open(), OLD, OLD), [reading(values), reading(values)]);
    t.strictSame(push(open(), OLD.subarray(5), OLD).slice(-1), [reading(values)]);
  });

  t.test("a device that has PID further down", async (t) => {
    const block = writeBlock([
      ["V", "12000"],
      ["PID", "0x203"],
    ]);
    t.strictSame(push(open(), block), [reading({ voltage: 12, product: "0x203" })]);
  });

  t.test("a label that comes twice", async (t) => {
    const block = writeBlock([
      ["PID", "0x203"],
      ["V", "1"],
      ["V", "2"],
    ]);
    t.strictSame(push(open(), block), [discard(block.length, "unparsable")]);
  });

  t.test("a line that is no field", async (t) => {
    const block = writeBlock([
      ["PID", "0x203"],
      ["V", "1\x01"],
    ]);
    t.strictSame(push(open(), block), [discard(block.length, "unparsable")]);
  });

  t.test("a block without fields", async (t) => {
    const block = writeBlock([]);
    t.strictSame(push(open(), block), [discard(block.length, "unparsable")]);
  });

  t.test(
    "without an end: nothing is kept beyond the longest block, and what is good in it is read",
    async (t) => {
      const lines = "\r\nX\t1".repeat(1_000);
      const events = push(open(), lines, BLOCK);
      t.strictSame(events.at(-1), reading());
      const lost = events.reduce((sum, event) => sum + (event.type === "discard" ? event.bytes : 0), 0);
      t.equal(lost, lines.length);
      t.ok(events.some((event) => event.type === "discard" && event.reason === "too-long"));
    },
  );

  t.test("a line without an end", async (t) => {
    t.match(push(open(), `\r\nV\t1\r\nI\t${"1".repeat(200)}`, BLOCK), [
      { reason: "too-long" },
      { reason: "noise" },
      reading(),
    ]);
    t.match(push(open(), `\r\n${"\xff".repeat(600)}`, BLOCK).slice(-2), [{ reason: "noise" }, reading()]);
  });
});

t.test("text: a checksum that is any byte", async (t) => {
  const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x20 + index));
  const blocks = printable.flatMap((one) =>
    printable.map((two) => writeBlock([...FIELDS, ["BMV", one + two]])),
  );
  for (const wanted of [0x00, 0x09, 0x0a, 0x0d, 0x3a]) {
    const block = blocks.find((one) => one.at(-1) === wanted) ?? Buffer.of();
    const readings = push(open(), block, block, BLOCK).map(({ type }) => type);
    t.same(readings, ["reading", "reading", "reading"], `0x${wanted.toString(16)}`);
  }
});

t.test("HEX frames inside and between blocks", async (t) => {
  const frame = writeRegister(ANSWERS.async, { register: 0x0200, flags: 0, value: Buffer.of(1) });
  const unsupported = discard(frame.length, "unsupported");

  t.test("they do not count in the sum, wherever they are", async (t) => {
    for (let at = 0; at < BLOCK.length - 1; at++)
      t.strictSame(push(open(), BLOCK.subarray(0, at), frame, BLOCK.subarray(at), frame), [
        unsupported,
        reading(),
        unsupported,
      ]);
  });

  t.test("one with a wrong check byte, or too few digits", async (t) => {
    t.strictSame(push(open(), ":70001004E\n", BLOCK), [discard(11, "checksum"), reading()]);
    t.strictSame(push(open(), ":70\n", BLOCK), [discard(4, "unparsable"), reading()]);
  });

  t.test("a colon that no digits follow up to a line feed is text", async (t) => {
    const block = writeBlock([
      ["PID", "0x203"],
      ["BMV", "a:b :12 c"],
    ]);
    t.strictSame(push(open(), block), [reading({ product: "0x203", model: "a:b :12 c" })]);
    t.match(push(open(), `:${"A".repeat(1000)}`, BLOCK).slice(-1), [reading()]);
  });

  t.test("today's history that a charger tells of is a reading", async (t) => {
    const value = writeHistory({ yield_today: 0.29, max_voltage_today: 12.61, day_sequence: 274 });
    const told = writeRegister(ANSWERS.async, { register: HISTORY_REGISTER, flags: 0, value });
    t.match(push(open(), told), [
      reading({ yield_today: 0.29, max_voltage_today: 12.61, bulk_today: 0, day_sequence: 274 }),
    ]);
    value.fill(0xff);
    const empty = writeRegister(ANSWERS.async, { register: HISTORY_REGISTER, flags: 0, value });
    t.match(push(open(), empty), [reading({ yield_today: null, day_sequence: null })]);
  });
});
