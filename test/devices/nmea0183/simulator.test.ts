import t from "tap";
import { nmea0183 } from "../../../devices/nmea0183/driver.ts";
import { NmeaSimulator } from "../../../devices/nmea0183/simulator.ts";
import type { Session } from "../../../src/device/index.ts";
import type { Value } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

/** The values of one metric in the RMC of so many cycles. */
function track(
  simulator: NmeaSimulator,
  session: Session,
  cycles: number,
  metric: string,
): (Value | undefined)[] {
  return Array.from({ length: cycles }, () => session.push(simulator.step().bytes)).flatMap((events) =>
    events.flatMap((event) =>
      event.type === "reading" && event.values["sentence"] === "GPRMC" ? [event.values[metric]] : [],
    ),
  );
}

function pair(chipset: "mtk" | "ublox"): {
  simulator: NmeaSimulator;
  session: Session;
  readonly order: (name: string, args: object) => unknown;
} {
  const simulator = new NmeaSimulator(seeded(7));
  const session = nmea0183.open(settingsOf(nmea0183, { chipset }));
  const order = (name: string, args: object): unknown => {
    const events = session.run?.({ id: "1", name, args: args as Record<string, Value> }) ?? [];
    const answers = events.flatMap((event) =>
      event.type === "write" ? session.push(simulator.receive(event.bytes)) : [event],
    );
    return answers.find((event) => event.type === "outcome");
  };
  return { simulator, session, order };
}

t.test("the first sentence is cut and nothing else is amiss", async (t) => {
  const { simulator, session } = pair("mtk");
  t.match(session.push(simulator.step().bytes)[0], { type: "discard", reason: "noise" });
  for (let i = 0; i < 100; i++)
    for (const event of session.push(simulator.step().bytes))
      if (event.type === "discard") t.fail(event.reason);
});

t.test("it goes round: back where it was after one circle, never further than its diameter", async (t) => {
  const { simulator, session } = pair("mtk");
  // 150 m of radius at 3 m/s.
  const secondsAround = Math.round((2 * Math.PI * 150) / 3);
  const north = track(simulator, session, secondsAround + 1, "latitude").map(
    (latitude) => (Number(latitude) - 54.03) * 111_320,
  );
  t.ok(Math.max(...north) > 149 && Math.max(...north) < 151, `${Math.max(...north)} m`);
  t.ok(Math.min(...north) < -149 && Math.min(...north) > -151, `${Math.min(...north)} m`);
  t.ok(Math.abs((north[0] ?? 0) - (north.at(-1) ?? 0)) < 1);
});

for (const chipset of ["mtk", "ublox"] as const)
  t.test(`${chipset}: it obeys rate, and its clock goes on at that pace`, async (t) => {
    const { simulator, session, order } = pair(chipset);
    track(simulator, session, 1, "utc");
    t.match(order("rate", { interval: 200 }), { outcome: { ok: true } });
    t.equal(simulator.step().afterMs, 200);
    t.strictSame(track(simulator, session, 3, "utc"), [
      "2026-01-01T12:00:01.20Z",
      "2026-01-01T12:00:01.40Z",
      "2026-01-01T12:00:01.60Z",
    ]);
  });

for (const chipset of ["mtk", "ublox"] as const)
  t.test(`${chipset}: after a restart there is no fix for a while`, async (t) => {
    const { simulator, session, order } = pair(chipset);
    t.strictSame(track(simulator, session, 2, "valid"), [true, true]);
    t.match(order("restart", { kind: "cold" }), { outcome: { ok: true } });
    t.strictSame(track(simulator, session, 5, "valid"), [false, false, false, true, true]);
  });

t.test("a command that it does not know is answered so", async (t) => {
  t.equal(
    new NmeaSimulator(seeded(1)).receive(Buffer.from("$PMTK605*31\r\n")).toString(),
    "$PMTK001,605,1*31\r\n",
  );
});
