import t from "tap";
import { iec62056 } from "../../../devices/iec62056-21/driver.ts";
import { writeAcknowledgement } from "../../../devices/iec62056-21/protocol.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const settings = settingsOf(iec62056);
const valuesOf = (events: readonly DriverEvent[]): Readonly<Record<string, unknown>>[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));

t.test("it sends of itself, and its counter goes on", async (t) => {
  const simulator = iec62056.simulate(settings, seeded(4));
  const session = iec62056.open(settings);
  const all = Array.from({ length: 50 }, () => valuesOf(session.push(simulator.step().bytes))).flat();
  t.equal(all.length, 49, "the first is cut");
  const energies = all.map((values) => Number(values["energy_import"]));
  t.ok(energies.every((energy, index) => index === 0 || energy > (energies[index - 1] ?? 0)));
});

t.test("it answers a sign-on, and the acknowledgement with a framed read-out", async (t) => {
  const simulator = iec62056.simulate(settings, seeded(4));
  const send = (bytes: Uint8Array): string => Buffer.from(simulator.receive(bytes)).toString("latin1");
  t.equal(send(writeAcknowledgement("0")), "", "not identified yet");
  t.equal(send(Buffer.from("\0\0/?!\r\n")), "/DUN5\\2SIM-3\r\n");
  const answer = send(writeAcknowledgement("0"));
  t.ok(answer.startsWith("\u0002F.F(00)\r\n"));
  t.equal(answer.slice(0, -1).slice(-4), "!\r\n\u0003");
  t.equal(send(writeAcknowledgement("0")), "", "once");
  t.equal(send(Buffer.from("/?99!\r\n")), "", "another meter");
  t.equal(send(Buffer.from("/?00012345!\r\n")), "/DUN5\\2SIM-3\r\n");
});

t.test("a read by the driver comes to its end", async (t) => {
  const simulator = iec62056.simulate(settings, seeded(4));
  const session = iec62056.open(settings);
  const events: DriverEvent[] = [];
  const take = (some: readonly DriverEvent[] = []): void => {
    for (const event of some) {
      events.push(event);
      if (event.type === "write") take(session.push(simulator.receive(event.bytes)));
    }
  };
  take(session.run?.({ id: "1", name: "read", args: {} }));
  take(session.wake?.());
  t.match(
    events.find(({ type }) => type === "outcome"),
    { call: "1", outcome: { ok: true, result: { energy_import_01: 12_001 } } },
  );
});
