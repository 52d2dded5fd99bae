import t from "tap";
import { maxbotix } from "../../../devices/maxbotix/driver.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

const push = (text: string, model = "hr"): readonly DriverEvent[] =>
  maxbotix.open(settingsOf(maxbotix, { model })).push(Buffer.from(text, "latin1"));
const reading = (distance: number | null): object => ({ type: "reading", values: { distance } });
const discard = (bytes: number, reason: string): object => ({ type: "discard", bytes, reason });

/** Model, line, mm. */
const LINES = [
  ["lv", "R012", 304.8],
  ["lv", "R006", 152.4],
  ["lv", "R253", 6_426.2],
  ["lv", "R254", null],
  ["lv", "R255", null],
  ["xl", "R300", 3_000],
  ["xl", "R764", 7_640],
  ["xl", "R765", null],
  ["xl10", "R0300", 3_000],
  ["xl10", "R1068", null],
  ["hr", "R0300", 300],
  ["hr", "R4999", 4_999],
  ["hr", "R5000", null],
  ["hr", "R9999", null],
  ["hr", "R0000", null],
  ["hr10", "R5000", 5_000],
  ["hr10", "R9998", 9_998],
  ["hr10", "R9999", null],
] as const;

for (const [model, line, distance] of LINES)
  t.test(`${model}: ${line}`, async (t) => {
    t.same(push(`${line}\r`, model), [reading(distance)]);
  });

t.test("other digits, and more than the model's reach, are no reading of it", async (t) => {
  for (const [model, line] of [
    ["lv", "R256"],
    ["lv", "R0012"],
    ["lv", "R12"],
    ["xl", "R766"],
    ["xl", "R0300"],
    ["xl10", "R1069"],
    ["xl10", "R300"],
    ["hr", "R5001"],
    ["hr", "R300"],
    ["hr", "R12 4"],
    ["hr", "R12.4"],
    ["hr", "Rxxxx"],
    ["hr", "R1234P1"],
    ["hr", "R1234 P2"],
    ["hr", "R"],
  ] as const)
    t.same(push(`${line}\r`, model), [discard(line.length, "unparsable")], `${model}: ${line}`);
});

t.test("a blank, and whether something is there, may follow", async (t) => {
  t.same(push("R0480 \r"), [reading(480)]);
  t.same(push("R0480 P1\rR0480 P0\r"), [
    { type: "reading", values: { distance: 480, present: true } },
    { type: "reading", values: { distance: 480, present: false } },
  ]);
  t.same(push("R008 P1\r", "lv"), [{ type: "reading", values: { distance: 203.2, present: true } }]);
});

t.test("the tail of a line is noise, one cut off by the next is truncated", async (t) => {
  t.same(push("234\rR1234\rR12R1235\r"), [
    discard(3, "noise"),
    reading(1_234),
    discard(3, "truncated"),
    reading(1_235),
  ]);
});

t.test("what a sensor says when it starts is no reading", async (t) => {
  const events = push("HRXL-MaxSonar-WRM\rPN:MB7389\rCopyright 2011-2012\rRoHS 1.8b090 0713\rTempI\rR1234\r");
  t.same(
    events.filter(({ type }) => type === "reading"),
    [reading(1_234)],
  );
});

t.test("a line comes with its end, in whatever pieces; LF may follow", async (t) => {
  const session = maxbotix.open(settingsOf(maxbotix));
  t.same(session.push(Buffer.from("R12")), []);
  t.same(session.push(Buffer.from("34")), []);
  t.same(session.push(Buffer.from("\r")), [reading(1_234)]);
  t.same(session.push(Buffer.from("\nR1235\r\n")), [reading(1_235)]);
});

t.test("garbage without an end is told of", async (t) => {
  t.same(push(`R${"1".repeat(7)}2\rR1234\r`), [discard(8, "too-long"), discard(1, "noise"), reading(1_234)]);
});
