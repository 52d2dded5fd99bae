import t from "tap";
import { scpi } from "../../../devices/scpi/driver.ts";
import type { DriverEvent, Session, Simulator } from "../../../src/device/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const QUERIES = [
  { metric: "voltage", query: "MEAS:VOLT?" },
  { metric: "output", query: "OUTP?", type: "boolean" },
  { metric: "mode", query: "FUNC?", type: "text" },
  { metric: "count", query: "COUN?", type: "integer" },
];

function heard(simulator: Simulator, line: string): string {
  return Buffer.from(simulator.receive(Buffer.from(`${line}\n`))).toString();
}

/** Ticks of a session and its instrument. */
function converse(session: Session, simulator: Simulator, events: readonly DriverEvent[]): DriverEvent[] {
  return events.flatMap((event) =>
    event.type === "write"
      ? [event, ...converse(session, simulator, session.push(simulator.receive(event.bytes)))]
      : [event],
  );
}

t.test("it has an error queue", async (t) => {
  const simulator = scpi.simulate(settingsOf(scpi), seeded(1));
  t.equal(heard(simulator, "*IDN?"), "Dunlin,SIM34401,0,1.0\n");
  t.equal(heard(simulator, "SYST:ERR?"), '+0,"No error"\n');
  t.equal(heard(simulator, "CONF:VOLT:DC"), "");
  t.equal(heard(simulator, "NONSENSE"), "");
  t.equal(heard(simulator, "NONSENSE?"), "");
  t.equal(heard(simulator, "SYST:ERR?"), '-113,"Undefined header"\n');
  heard(simulator, "*CLS");
  t.equal(heard(simulator, "SYST:ERR?"), '+0,"No error"\n');
  for (let i = 0; i < 30; i++) heard(simulator, "NONSENSE");
  const told = Array.from({ length: 21 }, () => heard(simulator, "SYST:ERR?"));
  t.match(told.slice(-2), [/^-350/, /^\+0/]);
});

t.test("every query and both commands of the driver are answered", async (t) => {
  const settings = settingsOf(scpi, { queries: QUERIES });
  const session = scpi.open(settings);
  const simulator = scpi.simulate(settings, seeded(1));
  const events = converse(session, simulator, session.start?.() ?? []);
  for (let tick = 0; tick < 8; tick++) events.push(...converse(session, simulator, session.wake?.() ?? []));
  const values: object = Object.assign(
    {},
    ...events.flatMap((event) => (event.type === "reading" ? [event.values] : [])),
  );
  t.match(values, { model: "SIM34401", voltage: Number, output: Boolean, mode: "VOLT", count: Number });
  const calls = [
    { id: "1", name: "write", args: { text: "VOLT 5" } },
    { id: "2", name: "query", args: { text: "FUNC?" } },
    { id: "3", name: "write", args: { text: "NONSENSE" } },
  ];
  const outcomes = calls.flatMap((call) => {
    const ran = converse(session, simulator, session.run?.(call) ?? []);
    for (let tick = 0; tick < 3; tick++) ran.push(...converse(session, simulator, session.wake?.() ?? []));
    return ran.flatMap((event) => (event.type === "outcome" ? [event.outcome] : []));
  });
  t.match(outcomes, [
    { ok: true },
    { ok: true, result: { answer: '"VOLT"' } },
    { ok: false, reason: /-113/ },
  ]);
});
