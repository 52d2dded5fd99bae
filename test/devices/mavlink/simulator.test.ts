import t from "tap";
import { mavlink } from "../../../devices/mavlink/driver.ts";
import { Sender } from "../../../devices/mavlink/sender.ts";
import type { RawFields } from "../../../devices/mavlink/fields.ts";
import type { DriverEvent, Simulator } from "../../../src/device/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const us = new Sender({ version: 2, system: 254, component: 191 });
const make = (): Simulator => mavlink.simulate(settingsOf(mavlink), seeded(3));

/** What a driver makes of it. */
function hear(bytes: Uint8Array): readonly DriverEvent[] {
  return mavlink.open(settingsOf(mavlink, { heartbeat: false, intervals: {} })).push(bytes);
}

function messages(bytes: Uint8Array): unknown[] {
  return hear(bytes).flatMap((event) => (event.type === "reading" ? [event.values["message"]] : []));
}

const command = (fields: RawFields): Buffer =>
  us.write("COMMAND_LONG", { target_system: 1, target_component: 1, ...fields });

t.test("it sends its heartbeat each second, its battery every two; the first message is cut", async (t) => {
  const simulator = make();
  const steps = Array.from({ length: 4 }, () => simulator.step());
  t.same(
    steps.map(({ bytes }) => messages(bytes)),
    [["BATTERY_STATUS"], ["HEARTBEAT"], ["HEARTBEAT", "BATTERY_STATUS"], ["HEARTBEAT"]],
  );
  t.same(
    steps.map(({ afterMs }) => afterMs),
    [1_000, 1_000, 1_000, 1_000],
  );
});

t.test("it sends what it is asked for, as often, and no more", async (t) => {
  const simulator = make();
  simulator.step();
  simulator.receive(command({ command: 511, param1: 30, param2: 500_000 }));
  const step = (): unknown[] => messages(simulator.step().bytes);
  t.same(
    [step(), step(), step()],
    [["HEARTBEAT", "ATTITUDE"], ["ATTITUDE"], ["HEARTBEAT", "BATTERY_STATUS", "ATTITUDE"]],
  );
  simulator.receive(command({ command: 511, param1: 30, param2: -1 }));
  t.same([step(), step()], [[], ["HEARTBEAT"]]);
});

t.test("it sends a message once, and refuses what it cannot", async (t) => {
  const simulator = make();
  t.same(messages(simulator.receive(command({ command: 512, param1: 148 }))), ["AUTOPILOT_VERSION"]);
  t.same(messages(simulator.receive(command({ command: 512, param1: 9_000 }))), []);
  t.ok(simulator.receive(command({ command: 400, param1: 1 })).length > 0, "arming is answered");
  t.equal(simulator.receive(command({ command: 512, param1: 148, target_system: 2 })).length, 0);
});

for (const [name, args, outcome] of [
  ["interval", { name: "VFR_HUD", interval: 200 }, { ok: true }],
  ["interval", { name: "WIND", interval: 200 }, { ok: false, reason: /denies/ }],
  ["request", { name: "HOME_POSITION" }, { ok: true, result: { home_latitude: 54.0187356 } }],
  ["parameter", { name: "BATT_CAPACITY" }, { ok: true, result: { name: "BATT_CAPACITY", value: 5_200 } }],
] as const)
  t.test(`the driver's ${name} of ${args.name} ends as it should`, async (t) => {
    const simulator = make();
    const session = mavlink.open(settingsOf(mavlink, { heartbeat: false, intervals: {} }));
    simulator.step();
    session.push(simulator.step().bytes);
    const events = session.run?.({ id: "1", name, args }) ?? [];
    const answers = events.flatMap((event) =>
      event.type === "write" ? [simulator.receive(event.bytes)] : [],
    );
    const ended = session.push(Buffer.concat(answers)).filter(({ type }) => type === "outcome");
    t.match(ended, [{ call: "1", outcome }]);
  });

t.test("its id is that of the settings", async (t) => {
  const settings = settingsOf(mavlink, { system: 7, intervals: {} });
  const simulator = mavlink.simulate(settings, seeded(3));
  simulator.step();
  t.match(mavlink.open(settings).push(simulator.step().bytes), [{ type: "reading", values: { system: 7 } }]);
});
