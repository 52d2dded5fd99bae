import t from "tap";
import { teleinfo } from "../../../devices/teleinfo/driver.ts";
import { writeFrame } from "../../../devices/teleinfo/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const open = (given: object = {}): Session => teleinfo.open(settingsOf(teleinfo, given));
const FRAME = writeFrame("historic", [
  ["ADCO", "031664001115"],
  ["BASE", "007654321"],
  ["IINST", "004"],
]);
const READING = { address: "031664001115", energy_base: 7_654_321, current: 4 };

function push(session: Session, ...pieces: readonly (Uint8Array | string)[]): readonly DriverEvent[] {
  return session.push(
    Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece))),
  );
}
const reading = (values: Values = READING): object => ({ type: "reading", values });
const discard = (bytes: number, reason: string): object => ({ type: "discard", bytes, reason });
/** The only reading of one frame of these groups. */
function valuesOf(mode: "historic" | "standard", ...groups: string[][]): Values | undefined {
  const events = push(open(), writeFrame(mode, groups));
  const [event] = events.filter(({ type }) => type === "reading");
  return event?.type === "reading" ? event.values : undefined;
}

t.test("historic mode", async (t) => {
  t.strictSame(push(open(), FRAME), [reading()], "a frame is a reading");
  t.ok(FRAME.includes("\nADCO 031664001115 3\r"), "the check character of the specification's example");
});

t.test("standard mode", async (t) => {
  t.test("with a timestamp and without", async (t) =>
    t.strictSame(
      valuesOf(
        "standard",
        ["ADSC", "031664001115"],
        ["EAST", "001234567"],
        ["SMAXSN", "E260704183059", "04210"],
        ["UMOY1", "H260104120000", "231"],
      ),
      {
        address: "031664001115",
        energy_total: 1_234_567,
        max_power_today: 4_210,
        max_power_today_time: "2026-07-04T18:30:59+02:00",
        mean_voltage_1: 231,
        mean_voltage_1_time: "2026-01-04T12:00:00+01:00",
      },
    ),
  );

  t.test("the clock, which says in lower case that it is not sure", async (t) => {
    t.strictSame(valuesOf("standard", ["DATE", "E260704183059", ""]), {
      meter_time: "2026-07-04T18:30:59+02:00",
      meter_time_sure: true,
    });
    t.match(valuesOf("standard", ["DATE", "h260104183059", ""]), {
      meter_time: "2026-01-04T18:30:59+01:00",
      meter_time_sure: false,
    });
    t.strictSame(valuesOf("standard", ["DATE", " ", ""]), { meter_time: null, meter_time_sure: null });
  });

  t.test("the status register", async (t) => {
    t.match(valuesOf("standard", ["STGE", "E43A0393"]), {
      status: "E43A0393",
      relay_open: true,
      breaker: 1,
      cover_open: true,
      overvoltage: false,
      over_power: true,
      producer: true,
      injecting: true,
      clock_degraded: false,
      tempo_today: 0,
      tempo_tomorrow: 1,
      mobile_peak_notice: 2,
      mobile_peak: 3,
    });
  });

  t.test("texts without what they are filled up with", async (t) =>
    t.strictSame(
      valuesOf(
        "standard",
        ["LTARF", "  HEURE  PLEINE "],
        ["MSG1", "    "],
        ["DPM1", "H260104000000", "00"],
        ["FPM1", " ", "00"],
      ),
      {
        tariff: "HEURE  PLEINE",
        message: null,
        mobile_peak_1_start: "2026-01-04T00:00:00+01:00",
        mobile_peak_1_end: null,
      },
    ),
  );
});

t.test("dashes are no value", async (t) =>
  t.strictSame(valuesOf("historic", ["DEMAIN", "----"]), { tomorrow: null }),
);

t.test("a short frame of three phases, without the address, tells of too much current", async (t) =>
  t.strictSame(valuesOf("historic", ["ADIR1", "031"], ["ADIR3", "035"], ["IINST1", "031"]), {
    overload_current_1: 31,
    overload_current_3: 35,
    current_1: 31,
  }),
);

t.test("a check character that is a space", async (t) => {
  const frames = Array.from({ length: 1_000 }, (_, energy) =>
    writeFrame("historic", [["BASE", String(energy).padStart(9, "0")]]),
  ).filter((frame) => frame.at(-3) === 0x20);
  t.not(frames.length, 0);
  for (const frame of frames) t.match(push(open(), frame), [{ type: "reading" }]);
});

t.test("7E1 that is read as 8N1", async (t) => {
  const withParity = Buffer.from(FRAME.map((byte) => byte | (ones(byte) % 2 === 0 ? 0 : 0x80)));
  t.not(withParity.compare(FRAME), 0);
  t.strictSame(push(open(), withParity), [reading()]);
  const wrong = Buffer.from(withParity);
  const at = FRAME.indexOf("7654321");
  wrong[at] = (wrong[at] ?? 0) ^ 0x80;
  t.match(
    push(open(), wrong).at(-1),
    reading({ address: "031664001115", current: 4 }),
    "a byte with wrong parity",
  );
});

t.test("a label that is not known is described once, and published as text", async (t) => {
  const session = open();
  const frame = writeFrame("historic", [["EAPP_s", "0012345"]]);
  const values = { eapp_s: "0012345" };
  t.match(push(session, frame), [
    { type: "describe", metrics: { eapp_s: { type: "text" } } },
    reading(values),
  ]);
  t.strictSame(push(session, frame), [reading(values)]);
});

t.test("more unknown labels than a meter has are refused", async (t) => {
  const session = open();
  const frame = writeFrame(
    "historic",
    Array.from({ length: 70 }, (_, index) => [`X${index}X`, "1"]),
  );
  const events = push(session, frame);
  t.equal(events.filter((event) => event.type === "discard" && event.reason === "unsupported").length, 6);
});

t.test("a named mode takes no groups of the other", async (t) => {
  t.match(push(open({ mode: "standard" }), FRAME), [
    discard(21, "unsupported"),
    { reason: "unsupported" },
    { reason: "unsupported" },
  ]);
  t.strictSame(push(open({ mode: "historic" }), FRAME), [reading()]);
});

t.test("noise before, between and after", async (t) =>
  t.strictSame(push(open(), "\xff\x00", FRAME, "\r\nabc", FRAME), [
    discard(2, "noise"),
    reading(),
    discard(5, "noise"),
    reading(),
  ]),
);

t.test("a damaged group is left out of its frame", async (t) => {
  const damaged = (from: string, to: string): Buffer => {
    const bytes = Buffer.from(FRAME);
    bytes.write(to, bytes.indexOf(from), "latin1");
    return bytes;
  };
  const { energy_base: _, ...rest } = READING;
  const group = "\nBASE 007654321 .\r".length;
  t.strictSame(push(open(), damaged("7654", "7655")), [discard(group, "checksum"), reading(rest)], "a digit");
  t.strictSame(push(open(), damaged("\nBASE", "\fBASE")), [discard(group, "noise"), reading(rest)], "its LF");
  const crLost = damaged("\r\nBASE", "\x0b\nBASE");
  t.match(
    push(open(), crLost),
    [{ reason: "truncated" }, reading({ energy_base: 7_654_321, current: 4 })],
    "a CR",
  );
  const separatorLost = Buffer.from(FRAME);
  separatorLost[FRAME.indexOf("7654321") + 7] = 0x2d;
  t.strictSame(push(open(), separatorLost), [discard(group, "unparsable"), reading(rest)], "a space");
});

t.test("a digit that got lost", async (t) => {
  const at = FRAME.indexOf("7654");
  const lost = Buffer.concat([FRAME.subarray(0, at), FRAME.subarray(at + 1)]);
  t.match(push(open(), lost), [{ reason: "checksum" }, { values: { energy_base: undefined, current: 4 } }]);
});

t.test("values that cannot be", async (t) => {
  const frame = (...groups: string[][]): Buffer => writeFrame("standard", [["EAIT", "1"], ...groups]);
  for (const group of [
    ["EAST", "12A4"],
    ["STGE", "XYZ"],
    ["SMAXSN", "E261304183059", "04210"],
    ["DATE", "E260230183059", ""],
    ["DPM1", "gibberish", "00"],
  ])
    t.match(
      push(open(), frame(group)),
      [{ reason: "unparsable" }, reading({ energy_injected: 1 })],
      group.join(" "),
    );
  for (const text of ["\nEAST", "\n1\t2\t3", "\nEAST\t1\t2\t3"])
    t.notOk(push(open(), `\x02${text}\t?\r\x03`).some(({ type }) => type === "reading"));
});

t.test("a frame that has no end is no reading", async (t) => {
  const cut = FRAME.subarray(0, -1);
  t.strictSame(push(open(), cut), []);
  t.strictSame(push(open(), cut, FRAME), [discard(cut.length, "truncated"), reading()], "the next begins");
  t.strictSame(push(open(), cut, "\x04", FRAME), [discard(cut.length + 1, "truncated"), reading()], "EOT");
  const tooLong = `\x02${"\nBASE 1".repeat(1_000)}`;
  const events = push(open(), tooLong, FRAME);
  t.match(events[0], discard(4096, "too-long"));
  t.match(events.at(-1), reading());
});

t.test(
  "two frames in one, for the end of the first and the beginning of the second were lost, are the second",
  async (t) => {
    const second = writeFrame("historic", [
      ["ADCO", "031664001115"],
      ["BASE", "007654322"],
      ["IINST", "005"],
    ]);
    t.strictSame(push(open(), FRAME.subarray(0, -1), second.subarray(1)), [
      reading({ ...READING, energy_base: 7_654_322, current: 5 }),
    ]);
  },
);

t.test("an empty frame", async (t) => t.strictSame(push(open(), "\x02\x03"), [discard(2, "unparsable")]));

function ones(byte: number): number {
  return byte.toString(2).replaceAll("0", "").length;
}
