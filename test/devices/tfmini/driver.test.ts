import t from "tap";
import { tfmini } from "../../../devices/tfmini/driver.ts";
import { writeData, writeOrder } from "../../../devices/tfmini/protocol.ts";
import type { Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const RAW = { distance: 123, strength: 1_000, temperature: 2_380 };
const DATA = writeData(RAW);
const open = (given: object = {}): Session => tfmini.open(settingsOf(tfmini, given));
const run = (session: Session, name: string, args: Values = {}, id = "1"): unknown =>
  session.run?.({ id, name, args });
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ok = (result?: Values): object => ({
  type: "outcome",
  call: "1",
  outcome: result ? { ok: true, result } : { ok: true },
});
const failed = (reason: RegExp): object => ({ type: "outcome", call: "1", outcome: { ok: false, reason } });

/** Command, arguments, what is written, an answer, the outcome. */
const COMMANDS = [
  ["version", {}, "5a04015f", "5a0701010203 68", ok({ version: "3.2.1" })],
  ["rate", { hz: 1_000 }, "5a0603e8034e", "5a0603e8034e", ok({ hz: 1_000 })],
  ["unit", { unit: "mm" }, "5a0505066a", "5a0505066a", ok()],
  ["unit", { unit: "mm" }, "5a0505066a", "5a05050165", failed(/refused/)],
  ["output", { on: false }, "5a05070066", "5a05070066", ok()],
  ["save", {}, "5a04116f", "5a05110070", ok()],
  ["save", {}, "5a04116f", "5a05110171", failed(/refused/)],
  ["restart", {}, "5a040260", "5a05020061", ok()],
  ["factory_reset", {}, "5a04106e", "5a0510006f", ok()],
] as const;

for (const [name, args, written, answer, outcome] of COMMANDS)
  t.test(`${name} ${JSON.stringify(args)}: ${answer}`, async (t) => {
    const session = open();
    t.match(run(session, name, args), [
      { type: "write", bytes: hex(written) },
      { type: "wake", afterMs: 2_000 },
    ]);
    t.match(session.push(DATA), [{ type: "reading" }], "a reading is no answer");
    t.match(session.push(hex(answer)), [outcome]);
    t.match(session.push(hex(answer)), [{ reason: "unsupported" }], "it counts once");
    t.same(session.wake?.(), []);
  });

t.test("another order's answer is none", async (t) => {
  const session = open();
  run(session, "save");
  t.match(session.push(hex("5a0510006f")), [{ type: "discard", reason: "unsupported" }]);
  t.match(session.push(hex("5a05110070")), [ok()]);
});

t.test("a trigger ends with the reading", async (t) => {
  const session = open();
  t.match(run(session, "trigger"), [{ type: "write", bytes: hex("5a040462") }, {}]);
  t.match(session.push(DATA), [{ type: "reading" }, ok({ distance: 1_230 })]);
});

t.test(
  "distances are in mm, whatever the lidar sends them in, also after it was told to change",
  async (t) => {
    t.match(open({ unit: "mm" }).push(DATA), [{ values: { distance: 123 } }]);
    const session = open();
    run(session, "unit", { unit: "mm" });
    const frames = session.push(Buffer.concat([DATA, writeOrder("unit", [6]), DATA]));
    t.match(frames, [{ values: { distance: 1_230 } }, ok(), { values: { distance: 123 } }]);
    run(session, "factory_reset");
    session.push(writeOrder("factory_reset", [0]));
    t.match(session.push(DATA), [{ values: { distance: 1_230 } }]);
  },
);

t.test("what is not answered is written three times, then fails", async (t) => {
  const session = open();
  run(session, "save");
  for (const attempt of [2, 3])
    t.match(session.wake?.(), [{ type: "write" }, { type: "wake" }], `attempt ${attempt}`);
  t.match(session.wake?.(), [failed(/no answer came/)]);
  t.same(session.wake?.(), []);
});

t.test("a second command fails the first; a cancelled one ends without a word", async (t) => {
  const session = open();
  run(session, "save");
  t.match(run(session, "version", {}, "2"), [
    failed(/version was sent/),
    { type: "write" },
    { type: "wake" },
  ]);
  t.same(session.cancel?.("2"), []);
  t.match(session.push(writeOrder("version", [1, 2, 3])), [{ type: "discard" }]);
  t.same(session.wake?.(), []);
});

t.test("no distance is null, and not reliable; too little or too much light is told", async (t) => {
  for (const distance of [0, 65_535, 65_534, 65_532])
    t.match(open().push(writeData({ ...RAW, distance })), [
      { values: { distance: null, strength: 1_000, reliable: false } },
    ]);
  for (const [strength, reliable] of [
    [99, false],
    [100, true],
    [65_534, true],
    [65_535, false],
  ] as const)
    t.match(open().push(writeData({ ...RAW, strength })), [{ values: { distance: 1_230, reliable } }]);
});

t.test("the first TFmini has a mode, a strength of its own, and no commands", async (t) => {
  const settings = settingsOf(tfmini, { model: "tfmini" });
  t.same(tfmini.describe(settings).commands, {});
  t.same(tfmini.open(settings).push(writeData({ distance: 123, strength: 20, temperature: 7 })), [
    { type: "reading", values: { distance: 1_230, strength: 20, reliable: true, mode: 7 } },
  ]);
  t.match(tfmini.open(settings).push(writeData({ distance: 123, strength: 19, temperature: 7 })), [
    { values: { reliable: false } },
  ]);
});

t.test("after a wrong sum the search goes on at sync + 1", async (t) => {
  const broken = Buffer.from(DATA);
  broken[4] = 5;
  t.match(open().push(Buffer.concat([broken, DATA])), [
    { type: "discard", bytes: 9, reason: "checksum" },
    { type: "reading" },
  ]);
  t.match(open().push(Buffer.concat([hex("5a05"), DATA])), [
    { type: "discard", bytes: 2, reason: "noise" },
    { type: "reading" },
  ]);
});

t.test("a frame cut off anywhere and a whole one are one reading, whatever is in them", async (t) => {
  for (let distance = 80; distance < 1_300; distance += 3) {
    const whole = writeData({ ...RAW, distance, strength: 400 + distance });
    // Its sum or the first byte of its data look like a head's byte now and then.
    for (let end = 0; end < whole.length; end++) {
      const found = open()
        .push(Buffer.concat([whole.subarray(0, end), whole, writeOrder("save", [0])]))
        .flatMap((event) => (event.type === "reading" ? [event.values["distance"]] : []));
      if (found.join() !== String(distance * 10)) t.fail(`${distance} cut after ${end}: ${found.join()}`);
    }
  }
});

t.test("heads in the data are data, in a stream and alone", async (t) => {
  const strange = [
    { ...RAW, distance: 0x59 },
    { ...RAW, strength: 0x5959 },
    { distance: 0x5959, strength: 0x5959, temperature: 0x0959 },
    { ...RAW, strength: 0x5900, temperature: 0x0859 },
  ];
  for (const raw of strange) {
    const frame = writeData(raw);
    const found = open()
      .push(Buffer.concat([frame, frame, DATA, Buffer.alloc(9)]))
      .flatMap((event) => (event.type === "reading" ? [event.values["strength"]] : []));
    t.same(found, [raw.strength, raw.strength, 1_000]);
  }
});

t.test("no part of a frame is a reading", async (t) => {
  for (let end = 0; end < DATA.length; end++)
    t.notOk(
      open()
        .push(DATA.subarray(0, end))
        .some(({ type }) => type === "reading"),
    );
});
