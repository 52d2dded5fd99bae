import t from "tap";
import { ubx } from "../../../devices/ubx/driver.ts";
import { UbxSimulator } from "../../../devices/ubx/simulator.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

interface Pair {
  readonly simulator: UbxSimulator;
  readonly session: Session;
  readonly order: (name: string, args?: Values) => DriverEvent | undefined;
  /** The readings of so many cycles. */
  readonly readings: (cycles: number) => Values[];
}

function pair(protocol?: string): Pair {
  const simulator = new UbxSimulator(seeded(7), protocol);
  const session = ubx.open(settingsOf(ubx));
  /** What is written is answered, until nothing is written any more. */
  const settle = (events: readonly DriverEvent[]): readonly DriverEvent[] =>
    events.flatMap((event) =>
      event.type === "write" ? settle(session.push(simulator.receive(event.bytes))) : [event],
    );
  settle(session.start?.() ?? []);
  return {
    simulator,
    session,
    order: (name, args = {}) =>
      settle(session.run?.({ id: "1", name, args }) ?? []).find(({ type }) => type === "outcome"),
    readings: (cycles) =>
      Array.from({ length: cycles }, () => session.push(simulator.step().bytes))
        .flat()
        .flatMap((event) => (event.type === "reading" ? [event.values] : [])),
  };
}

t.test("the first message is cut; after it all but NMEA's sentence is a reading", async (t) => {
  const { simulator, session } = pair();
  t.match(session.push(simulator.step().bytes)[0], { type: "discard", reason: "noise" });
  for (let i = 0; i < 50; i++)
    for (const event of session.push(simulator.step().bytes))
      if (event.type === "discard") t.equal(event.reason, "unsupported");
});

for (const protocol of ["18.00", "32.01"]) {
  t.test(`protocol ${protocol}: it obeys rate, and its clock goes on at that pace`, async (t) => {
    const { simulator, order, readings } = pair(protocol);
    readings(1);
    t.match(order("rate", { interval: 200 }), { outcome: { ok: true } });
    t.equal(simulator.step().afterMs, 200);
    const times = readings(3).filter(({ message }) => message === "NAV-PVT");
    t.strictSame(
      times.map(({ utc }) => utc),
      [".200", ".400", ".600"].map((fraction) => `2026-01-01T12:00:01${fraction}000000Z`),
    );
  });

  t.test(`protocol ${protocol}: it sends what is enabled, and no more what is not`, async (t) => {
    const { order, readings } = pair(protocol);
    readings(1);
    for (const name of ["NAV-POSLLH", "NAV-STATUS", "NAV-DOP", "NAV-VELNED", "NAV-TIMEUTC"])
      t.match(order("message", { name }), { outcome: { ok: true } }, name);
    t.match(order("message", { name: "NAV-SAT", every: 0 }), { outcome: { ok: true } });
    t.strictSame(
      readings(1).map(({ message }) => message),
      ["NAV-PVT", "NAV-POSLLH", "NAV-STATUS", "NAV-DOP", "NAV-VELNED", "NAV-TIMEUTC"],
    );
    t.match(order("message", { name: "NAV-HPPOSLLH" }), { outcome: { ok: false } }, "it has none");
  });

  t.test(`protocol ${protocol}: after a restart there is no fix for a while`, async (t) => {
    const { order, readings } = pair(protocol);
    const fixes = (cycles: number): unknown[] =>
      readings(cycles).flatMap(({ message, valid }) => (message === "NAV-PVT" ? [valid] : []));
    fixes(1);
    t.strictSame(fixes(2), [true, true]);
    t.match(order("restart", { kind: "cold" }), { outcome: { ok: true } });
    t.strictSame(fixes(5), [false, false, false, true, true]);
  });
}

t.test("a rate that it cannot do is refused", async (t) => {
  const { order } = pair("18.00");
  t.match(order("rate", { interval: 10 }), { outcome: { ok: false, reason: /refuses/ } });
});
