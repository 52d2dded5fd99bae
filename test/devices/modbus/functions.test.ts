import t from "tap";
import { Value } from "typebox/value";
import { modbusDriver, modbus } from "../../../devices/modbus/driver.ts";
import { EXCEPTION, frameOf } from "../../../devices/modbus/frames.ts";
import { ProfileSchema, type Profile } from "../../../devices/modbus/profile.ts";
import { PROFILES, profileNamed } from "../../../devices/modbus/profiles.ts";
import { LINE_8N1, type Driver, type DriverEvent, type Session } from "../../../src/device/index.ts";
import { seeded } from "../../support/random.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";

const UNIT = 0xf8;
const RESET = { id: "1", name: "reset_energy", args: {} };
/** A PZEM-004T at its general address, in a pause between two polls. */
const SETTINGS = settingsOf(modbus, { profile: "pzem004t", unit: UNIT });

const TESTER: Profile = {
  title: "Tester",
  metrics: { voltage: { register: 0 } },
  functions: {
    self_test: { description: "run it", code: 0x65, data: "00 01", replyBytes: 2, idempotent: true },
  },
};
const tester = modbusDriver("tester", TESTER, { ...LINE_8N1, baudRate: 9600 }, 1);

function rtu(unit: number, ...pdu: number[]): Buffer {
  return frameOf("rtu", unit, Buffer.from(pdu), 0);
}

function written(events: readonly DriverEvent[] = []): string[] {
  return events.flatMap((event) =>
    event.type === "exchange" ? [Buffer.from(event.bytes).toString("hex")] : [],
  );
}

function outcomes(events: readonly DriverEvent[]): object[] {
  return events.flatMap((event) => (event.type === "outcome" ? [event.outcome] : []));
}

/** A session without polls under way. */
function idle<Settings>(driver: Driver<Settings>, settings: Settings): Session {
  return driver.open(settings);
}

for (const capture of capturesOf("pzem004t"))
  t.test(`reset_energy is what pzem004t ${capture.name} has`, async (t) => {
    const commands = capture.expected["commands"] as readonly { name: string; hex: string }[] | undefined;
    const reset = commands?.find(({ name }) => name.startsWith("reset energy"));
    if (reset) t.same(written(idle(modbus, SETTINGS).run?.(RESET)), [reset.hex]);
  });

t.test("reset_energy succeeds with the echo, from whichever address", async (t) => {
  for (const unit of [UNIT, 1]) {
    const session = idle(modbus, SETTINGS);
    t.same(written(session.run?.(RESET)), ["f842c241"]);
    t.same(session.push(rtu(unit, 0x42)), [
      { type: "release" },
      { type: "outcome", call: "1", outcome: { ok: true } },
    ]);
  }
});

t.test("it fails by an exception, and by silence, and is not sent again by itself", async (t) => {
  const refused = idle(modbus, SETTINGS);
  refused.run?.(RESET);
  t.match(outcomes(refused.push(rtu(UNIT, 0x42 | EXCEPTION, 4))), [{ ok: false, reason: /exception 4/ }]);
  const silent = idle(modbus, SETTINGS);
  silent.run?.(RESET);
  const events = silent.expired?.() ?? [];
  t.match(outcomes(events), [{ ok: false, reason: /no answer/ }]);
  t.same(written(events), []);
});

t.test("what is damaged, of another function or of a longer one, is no echo", async (t) => {
  const session = idle(modbus, SETTINGS);
  session.run?.(RESET);
  const wrong = [rtu(UNIT, 0x42).fill(0, 3), rtu(UNIT, 0x43), rtu(UNIT, 0x42, 0)];
  for (const bytes of wrong) t.same(outcomes(session.push(bytes)), [], bytes.toString("hex"));
});

t.test("data go out, and a reply of a fixed length is the result", async (t) => {
  const session = idle(tester, settingsOf(tester));
  const call = { id: "1", name: "self_test", args: {} };
  t.same(written(session.run?.(call)), [rtu(1, 0x65, 0, 1).toString("hex")]);
  t.same(outcomes(session.push(rtu(1, 0x65, 0xbe, 0xef))), [{ ok: true, result: { reply: "beef" } }]);
});

t.test("an echo with other data is no success", async (t) => {
  const profile = { ...TESTER, functions: { arm: { description: "arm it", code: 0x66, data: "0A" } } };
  const driver = modbusDriver("tester", profile, { ...LINE_8N1, baudRate: 9600 }, 1);
  const answer = (data: number): object[] => {
    const session = idle(driver, settingsOf(driver));
    session.run?.({ id: "1", name: "arm", args: {} });
    return outcomes(session.push(rtu(1, 0x66, data)));
  };
  t.same(answer(0x0a), [{ ok: true }]);
  t.match(answer(0x0b), [{ ok: false, reason: /something else/ }]);
});

t.test("over Modbus TCP too", async (t) => {
  const session = idle(modbus, { ...SETTINGS, unit: 1, transport: "tcp" });
  const request = frameOf("tcp", 1, Buffer.of(0x42), 1);
  t.same(written(session.run?.(RESET)), [request.toString("hex")]);
  t.same(outcomes(session.push(request)), [{ ok: true }]);
});

t.test("it is a command of the device, done again after a crash only if the profile says so", async (t) => {
  t.match(modbus.describe(SETTINGS).commands, {
    reset_energy: { description: /from zero/, arguments: {}, idempotent: false },
    address: { idempotent: true },
  });
  t.match(tester.describe(settingsOf(tester)).commands, { self_test: { idempotent: true } });
});

t.test("the simulator answers as the profile says", async (t) => {
  const meter = modbus.simulate(SETTINGS, seeded(1));
  t.same(Buffer.from(meter.receive(rtu(UNIT, 0x42))), rtu(UNIT, 0x42));
  t.equal(meter.receive(rtu(9, 0x42)).length, 0, "for another");
  t.equal(meter.receive(rtu(UNIT, 0x44)).length, 0, "too short for anything else");
  t.same(
    Buffer.from(tester.simulate(settingsOf(tester), seeded(1)).receive(rtu(1, 0x65, 0, 1))),
    rtu(1, 0x65, 0, 0),
  );
});

t.test("a profile with a function that cannot be is no profile", async (t) => {
  const faulty = [
    { code: 0x42 },
    { description: "x" },
    { description: "x", code: 0 },
    { description: "x", code: 0x80 },
    { description: "x", code: 0x42, data: "0" },
    { description: "x", code: 0x42, data: "zz" },
    { description: "x", code: 0x42, replyBytes: -1 },
    { description: "x", code: 0x42, register: 1 },
  ];
  for (const one of faulty)
    t.notOk(Value.Check(ProfileSchema, { ...TESTER, functions: { one } }), JSON.stringify(one));
  t.ok(Value.Check(ProfileSchema, TESTER));
});

t.test("no function of our profiles has a command's name", async (t) => {
  for (const name of Object.keys(PROFILES)) {
    const { commands = {}, functions = {} } = profileNamed(name);
    for (const one of Object.keys(functions)) t.notOk(one in commands, `${name} ${one}`);
  }
  t.ok("reset_energy" in (profileNamed("pzem004t").functions ?? {}));
});
