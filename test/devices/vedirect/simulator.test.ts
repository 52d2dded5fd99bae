import t from "tap";
import { DEVICES } from "../../../devices/vedirect/commands.ts";
import { vedirect } from "../../../devices/vedirect/driver.ts";
import { VeDirectSimulator } from "../../../devices/vedirect/simulator.ts";
import type { Session, Simulator } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

for (const device of DEVICES)
  t.test(`${device}: its blocks are readings, but for the first, which is cut`, async (t) => {
    const simulator = new VeDirectSimulator(device, seeded(3));
    const session = vedirect.open(settingsOf(vedirect, { device }));
    t.match(
      session.push(simulator.step().bytes).map(({ type }) => type),
      ["discard"],
    );
    const events = Array.from({ length: 25 }, () => session.push(simulator.step().bytes)).flat();
    t.ok(events.length >= 25);
    t.ok(events.every(({ type }) => type === "reading"));
  });

/** A command's outcome, as the simulator answers it. */
function result(session: Session, simulator: Simulator, name: string, args: Values = {}): unknown {
  for (const event of session.run?.({ id: "1", name, args }) ?? []) {
    if (event.type === "outcome") return event.outcome;
    if (event.type !== "write") continue;
    const [answer] = session.push(simulator.receive(event.bytes));
    if (answer?.type === "outcome") return answer.outcome;
  }
  return undefined;
}

t.test("a charger obeys", async (t) => {
  const simulator = new VeDirectSimulator("mppt", seeded(3));
  const session = vedirect.open(settingsOf(vedirect, { device: "mppt" }));
  const next = (): Values | undefined => {
    for (let i = 0; i < 5; i++)
      for (const event of session.push(simulator.step().bytes))
        if (event.type === "reading") return event.values;
    return undefined;
  };
  simulator.step();
  t.match(next(), { load: true, state: 3 });
  t.match(result(session, simulator, "ping"), { ok: true, result: { firmware: "1.59" } });
  t.equal(simulator.step().bytes.length, 0, "no text for a while after a HEX command");
  t.match(result(session, simulator, "load", { state: "off" }), { ok: true });
  t.match(next(), { load: false, load_current: 0 });
  t.match(result(session, simulator, "mode", { state: "off" }), { ok: true });
  t.match(next(), { state: 0, panel_power: 0, off_reason: 4 });
  t.match(result(session, simulator, "set", { register: "0xEDF7", value: 14.2 }), { ok: true });
  t.match(result(session, simulator, "get", { register: "0xEDF7" }), { result: { value: 14.2, unit: "V" } });
  t.match(result(session, simulator, "history", { day: 1 }), {
    result: { yield_today: 0.4, day_sequence: 273 },
  });
  t.match(result(session, simulator, "restart"), { ok: true });
  t.match(result(session, simulator, "get", { register: "0x1234" }), { ok: false, reason: /not know/ });
  t.match(result(session, simulator, "set", { register: "0xEDF6", value: 13.6 }), { ok: true });
});

t.test("a frame with a wrong check byte is answered as real ones do", async (t) => {
  const simulator = new VeDirectSimulator("bmv", seeded(3));
  t.equal(Buffer.from(simulator.receive(Buffer.from(":155\n"))).toString(), ":4AAAAFD\n");
});

t.test("a monitor's relay and an inverter's switch", async (t) => {
  for (const [device, name, args, wanted] of [
    ["bmv", "relay", { on: true }, { relay: true }],
    ["inverter", "mode", { state: "off" }, { mode: 4, ac_voltage: 0 }],
  ] as const) {
    const simulator = new VeDirectSimulator(device, seeded(3));
    const session = vedirect.open(settingsOf(vedirect, { device }));
    t.match(result(session, simulator, name, args), { ok: true });
    simulator.step();
    const events = Array.from({ length: 6 }, () => session.push(simulator.step().bytes)).flat();
    t.ok(
      events.some(
        (event) =>
          event.type === "reading" &&
          Object.entries(wanted).every(([metric, value]) => event.values[metric] === value),
      ),
    );
  }
});
