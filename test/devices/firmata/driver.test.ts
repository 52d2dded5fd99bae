import t from "tap";
import { firmata } from "../../../devices/firmata/driver.ts";
import {
  writeAnalogInput,
  writePort,
  writeSysex,
  writeText,
  writeVersion,
} from "../../../devices/firmata/protocol.ts";
import { FirmataSimulator } from "../../../devices/firmata/simulator.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const QUESTIONS = "f079f7f06bf7f069f7";
const VERSION = writeVersion(2, 5);
/** Pins 2 and 3 of a small board: digital; 3 with PWM of 8 bits; pin 4 is A0 with 10 bits. */
const CAPABILITIES = Buffer.from(
  "f06c7f7f0001010100010b01" + "7f" + "000101010308040e7f" + "00010101020a7f" + "f7",
  "hex",
);
const MAPPING = Buffer.from("f06a7f7f7f7f00f7", "hex");

const open = (given: object = {}): Session => firmata.open(settingsOf(firmata, given));
const run = (session: Session, name: string, args: Values = {}, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args }) ?? [];
const wakes = (session: Session, count: number): readonly DriverEvent[] =>
  Array.from({ length: count }, () => session.wake?.() ?? []).flat();
const pinState = (pin: number, mode: number, ...state: readonly number[]): Buffer =>
  writeSysex(0x6e, pin, mode, ...state);

function written(events: readonly DriverEvent[] = []): string[] {
  return events.flatMap((event) =>
    event.type === "write" ? [Buffer.from(event.bytes).toString("hex")] : [],
  );
}

function outcomes(events: readonly DriverEvent[]): DriverEvent[] {
  return events.filter(({ type }) => type === "outcome");
}

/** One whose board has told all of itself. */
function running(given: object = {}, version = VERSION): Session {
  const session = open(given);
  session.push(Buffer.concat([version, CAPABILITIES, MAPPING]));
  return session;
}

t.test("a board that starts is waited for, then asked for its version, every 3 s", async (t) => {
  const session = open();
  t.same(session.start?.(), [{ type: "wake", afterMs: 1_000 }]);
  t.same(written(wakes(session, 2)), []);
  t.same(written(wakes(session, 1)), ["f9"]);
  t.same(written(wakes(session, 3)), ["f9"]);
});

t.test("its version makes it asked for its pins, and these make it told what is wanted", async (t) => {
  const session = open({ samplingMs: 500, inputs: { light: { pin: 0 }, door: { pin: 2, mode: "pullup" } } });
  t.same(written(session.push(VERSION)), [QUESTIONS]);
  t.same(written(session.push(CAPABILITIES)), []);
  t.same(written(session.push(MAPPING)), ["f07a7403f7" + "f4020b" + "c001" + "d001"]);
});

t.test(
  "a board of a protocol that cannot tell its pins is asked three times, and then taken as it is",
  async (t) => {
    const session = open();
    t.same(written(session.push(writeVersion(2, 1))), [QUESTIONS]);
    const events = wakes(session, 6);
    t.same(written(events), [QUESTIONS, QUESTIONS, "f07a6807f7c001"]);
    t.match(
      events.filter(({ type }) => type === "log"),
      [{ text: /cannot tell its pins/ }],
    );
    t.match(session.push(writeAnalogInput(0, 16_383)), [{ type: "reading", values: { a0: 16_383 } }]);
  },
);

t.test("a board that should tell its pins and does not is asked for its version again", async (t) => {
  const session = open();
  session.push(VERSION);
  t.match(
    wakes(session, 6).filter(({ type }) => type === "log"),
    [{ text: /RX pin/ }],
  );
  t.match(session.push(writeAnalogInput(0, 5)), [{ type: "discard", reason: "noise" }]);
  t.same(written(wakes(session, 3)), ["f9"]);
});

t.test("a version of another protocol is none", async (t) => {
  t.match(open().push(writeVersion(3, 0)), [{ type: "discard", bytes: 3, reason: "unsupported" }]);
});

t.test("nothing before the version is a reading", async (t) => {
  const session = open();
  const events = session.push(
    Buffer.concat([writeAnalogInput(0, 5), CAPABILITIES, MAPPING, writeAnalogInput(0, 5)]),
  );
  t.ok(events.every((event) => event.type === "discard" && event.reason === "noise"));
});

t.test("an analog input is scaled as it is set", async (t) => {
  const session = running({ inputs: { supply: { pin: 0, scale: 0.5, offset: -1 }, raw: { pin: 0 } } });
  t.same(session.push(writeAnalogInput(0, 300)), [{ type: "reading", values: { supply: 149, raw: 300 } }]);
  t.match(session.push(writeAnalogInput(0, 1_024)), [{ type: "discard", reason: "unparsable" }]);
  t.match(session.push(writeAnalogInput(1, 3)), [{ type: "discard", reason: "unsupported" }]);
});

t.test("the inputs of a port are one reading", async (t) => {
  const session = running({ inputs: { door: { pin: 2, mode: "input" }, gate: { pin: 3, mode: "input" } } });
  t.same(session.push(writePort(0, 0x08)), [{ type: "reading", values: { door: false, gate: true } }]);
  t.match(session.push(writePort(1, 0x08)), [{ type: "discard", reason: "unsupported" }]);
});

t.test("what the board cannot do is told to people", async (t) => {
  const session = open({ inputs: { far: { pin: 9 }, door: { pin: 4, mode: "pullup" }, wide: { pin: 20 } } });
  const events = session.push(Buffer.concat([VERSION, CAPABILITIES, MAPPING]));
  t.same(
    events.flatMap((event) => (event.type === "log" ? [event.text] : [])),
    [
      "the board has no analog input A9",
      "the board has no analog input A20",
      "door: pin 4 of the board cannot be pullup",
    ],
  );
});

t.test("what the inputs are is what is described", async (t) => {
  const { metrics } = firmata.describe(
    settingsOf(firmata, {
      inputs: { raw: { pin: 0 }, supply: { pin: 1, scale: 2, unit: "V" }, door: { pin: 2, mode: "input" } },
    }),
  );
  t.match(metrics, {
    raw: { type: "integer" },
    supply: { type: "number", unit: "V" },
    door: { type: "boolean" },
  });
  t.throws(() => open({ inputs: { door: { pin: 128 } } }));
  t.throws(() => open({ inputs: { Door: { pin: 1 } } }));
});

t.test("a version that nobody asked for is a board that has started anew", async (t) => {
  const session = running();
  t.same(written(session.push(VERSION)), [QUESTIONS]);
  t.same(written(session.push(Buffer.concat([CAPABILITIES, MAPPING]))), ["f07a6807f7c001"]);
  t.same(
    written(session.push(writeText(0x79, [2, 5], "StandardFirmata.ino"))),
    [QUESTIONS],
    "and so is a firmware",
  );
});

t.test("a board is asked every 10 s whether it is there; one that is not is set up again", async (t) => {
  const session = running();
  t.same(written(wakes(session, 10)), ["f9"]);
  t.same(session.push(VERSION), [{ type: "sense" }]);
  t.same(written(wakes(session, 10)), ["f9"]);
  t.same(written(wakes(session, 3)), ["f9"], "no answer");
  t.match(session.push(writeAnalogInput(0, 5)), [{ type: "discard", reason: "noise" }]);
  t.same(written(session.push(VERSION)), [QUESTIONS]);
});

t.test("a pin is written and asked for its state, which confirms it", async (t) => {
  const session = running();
  t.same(written(run(session, "digital", { pin: 2, value: true })), ["f40201" + "f50201" + "f06d02f7"]);
  t.match(session.push(pinState(3, 1, 1)), [{ type: "discard", reason: "unsupported" }], "another pin");
  t.same(session.push(pinState(2, 1, 1)), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
  t.match(session.push(pinState(2, 1, 1)), [{ type: "discard" }], "and once");
});

t.test("a pin that is not as it was set is a failure", async (t) => {
  const session = running();
  run(session, "digital", { pin: 2, value: true });
  t.match(session.push(pinState(2, 1, 0)), [{ outcome: { ok: false, reason: "the board has 0 at pin 2" } }]);
  run(session, "mode", { pin: 2, mode: "output" });
  t.match(session.push(pinState(2, 0, 0)), [
    { outcome: { ok: false, reason: /did not make pin 2 output: it is input/ } },
  ]);
});

t.test("a board before 2.5 takes a port at once, with what was written before", async (t) => {
  const session = running({}, writeVersion(2, 3));
  t.same(written(run(session, "digital", { pin: 2, value: true })), ["f40201" + "900400" + "f06d02f7"]);
  session.push(pinState(2, 1, 1));
  t.same(written(run(session, "digital", { pin: 3, value: true })), ["f40301" + "900c00" + "f06d03f7"]);
  session.push(pinState(3, 1, 1));
  t.same(written(run(session, "digital", { pin: 2, value: false })), ["f40201" + "900800" + "f06d02f7"]);
});

t.test("pwm is bounded by the pin's bits; what has more than 14, or a high pin, goes by sysex", async (t) => {
  const session = running();
  t.same(written(run(session, "pwm", { pin: 3, value: 200 })), ["f40303" + "e34801" + "f06d03f7"]);
  t.same(session.push(pinState(3, 3, 0x48, 1)), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
  t.match(run(session, "pwm", { pin: 3, value: 256 }), [
    { outcome: { ok: false, reason: "pin 3 takes 0 to 255" } },
  ]);
  t.match(run(session, "pwm", { pin: 2, value: 1 }), [{ outcome: { ok: false, reason: /cannot be pwm/ } }]);
  t.same(written(run(session, "servo", { pin: 3, angle: 90 })), ["f40304" + "e35a00" + "f06d03f7"]);
  const unknown = open();
  unknown.push(writeVersion(2, 1));
  wakes(unknown, 6);
  t.same(written(run(unknown, "pwm", { pin: 44, value: 300 })), ["f42c03" + "f06f2c2c0200f7" + "f06d2cf7"]);
});

t.test("an input of the settings is not written", async (t) => {
  const session = running({ inputs: { door: { pin: 2, mode: "input" } } });
  t.match(run(session, "digital", { pin: 2, value: true }), [
    { outcome: { reason: "pin 2 is the input door" } },
  ]);
  t.match(run(session, "mode", { pin: 2, mode: "output" }), [
    { outcome: { reason: "pin 2 is the input door" } },
  ]);
});

t.test("state, sampling and information end with what answers them", async (t) => {
  const session = running();
  t.same(written(run(session, "state", { pin: 3 })), ["f06d03f7"]);
  t.match(session.push(pinState(3, 3, 0x48, 1)), [
    { outcome: { ok: true, result: { mode: "pwm", state: 200 } } },
  ]);
  t.same(written(run(session, "sampling", { interval: 250 })), ["f07a7a01f7f9"]);
  t.same(outcomes(session.push(VERSION)), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
  t.same(written(run(session, "information")), ["f079f7"]);
  t.match(session.push(writeText(0x79, [2, 5], "StandardFirmata.ino")), [
    { outcome: { ok: true, result: { firmware: "StandardFirmata.ino", version: "2.5" } } },
  ]);
});

t.test("what is not answered is written three times, then fails; cancelled, it has no outcome", async (t) => {
  const session = running();
  const events = [...run(session, "state", { pin: 3 }), ...wakes(session, 6)];
  t.same(
    written(events).filter((one) => one !== "f9"),
    ["f06d03f7", "f06d03f7", "f06d03f7"],
  );
  t.match(outcomes(events), [{ outcome: { ok: false, reason: "the board does not answer" } }]);
  run(session, "state", { pin: 3 }, "2");
  run(session, "state", { pin: 2 }, "3");
  session.cancel?.("2");
  session.cancel?.("3");
  t.same(outcomes(session.push(pinState(3, 0, 0))), []);
});

t.test("a command waits for the board, also for one that starts anew under it", async (t) => {
  const session = open();
  t.same(run(session, "state", { pin: 3 }), []);
  t.same(written(session.push(Buffer.concat([VERSION, CAPABILITIES, MAPPING]))).at(-1), "f06d03f7");
  t.same(outcomes(session.push(VERSION)), []);
  t.same(written(session.push(Buffer.concat([CAPABILITIES, MAPPING]))).at(-1), "f06d03f7");
  t.match(outcomes(session.push(pinState(3, 0, 0))), [{ call: "1", outcome: { ok: true } }]);
});

t.test("a command without a board fails after 10 s", async (t) => {
  const session = open();
  run(session, "state", { pin: 3 });
  t.same(outcomes(wakes(session, 9)), []);
  t.match(outcomes(wakes(session, 1)), [{ outcome: { ok: false, reason: /no board/ } }]);
});

t.test("a message that is cut off is noise, and the one that cuts it is read", async (t) => {
  const session = running();
  t.same(session.push(Buffer.concat([Buffer.from("f0770102", "hex"), writeAnalogInput(0, 7)])), [
    { type: "discard", bytes: 4, reason: "noise" },
    { type: "reading", values: { a0: 7 } },
  ]);
});

t.test("a sysex without an end holds up nothing for ever", async (t) => {
  const session = running();
  session.push(Buffer.concat([Buffer.of(0xf0), Buffer.alloc(4_200, 1)]));
  t.match(session.push(writeAnalogInput(0, 7)), [
    { type: "discard" },
    { type: "reading", values: { a0: 7 } },
  ]);
});

for (const [name, args, outcome] of [
  ["digital", { pin: 13, value: true }, { ok: true }],
  ["pwm", { pin: 9, value: 200 }, { ok: true }],
  ["servo", { pin: 9, angle: 90 }, { ok: true }],
  ["mode", { pin: 8, mode: "pullup" }, { ok: true }],
  ["mode", { pin: 8, mode: "analog" }, { ok: false, reason: /cannot be analog/ }],
  ["state", { pin: 14 }, { ok: true, result: { mode: "analog", state: 0 } }],
  ["sampling", { interval: 100 }, { ok: true }],
  ["information", {}, { ok: true, result: { firmware: "StandardFirmata.ino" } }],
] as const)
  t.test(`the simulated board does ${name} ${JSON.stringify(args)}`, async (t) => {
    const simulator = new FirmataSimulator(seeded(3));
    const session = open();
    const events: DriverEvent[] = [];
    const take = (more: readonly DriverEvent[]): void => {
      for (const event of more) {
        events.push(event);
        if (event.type === "write") take(session.push(simulator.receive(event.bytes)));
      }
    };
    take(wakes(session, 3));
    take(run(session, name, args));
    t.match(outcomes(events), [{ call: "1", outcome }]);
  });
