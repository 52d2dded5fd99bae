import t from "tap";
import { rfxcom } from "../../../devices/rfxcom/driver.ts";
import type { DriverEvent, Session, Simulator } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { converse } from "../../support/conversation.ts";
import { settingsOf } from "../settings.ts";

t.test("it hears eight senders in turn, after the driver has opened it", async (t) => {
  const events = converse(rfxcom as never, settingsOf(rfxcom, { protocols: ["AC", "OREGON"] }), {
    readings: 16,
  });
  const kinds = events.flatMap((event) => (event.type === "reading" ? [event.values["kind"]] : []));
  t.same(
    new Set(kinds),
    new Set([
      "temperature_humidity",
      "temperature",
      "temperature_humidity_pressure",
      "rain",
      "wind",
      "lighting2",
      "energy",
      "security",
    ]),
  );
  t.match(
    events.filter(({ type }) => type === "log"),
    [{ text: "RFXtrx 433.92 MHz, firmware 1045, listens for LACROSSE,AC,OREGON" }],
  );
  t.equal(events.filter(({ type }) => type === "write").length, 4, "reset, status, mode, start");
});

t.test("every command of the driver succeeds with it", async (t) => {
  const settings = settingsOf(rfxcom);
  const session = rfxcom.open(settings);
  const simulator = rfxcom.simulate(settings, seeded(2));
  const { commands } = rfxcom.describe(settings);
  const given: Readonly<Record<string, Values>> = {
    mode: { protocols: "AC" },
    send: { type: 16, subtype: 0, payload: "41030100" },
    lighting4: { model: "PT2262", code: "a1b2c3", pulse_width: 350 },
    lighting6: { model: "Cuveo", id: "1", house: "A", unit: 1, command: "on", press: 1 },
  };
  for (const [name, { arguments: described }] of Object.entries(commands)) {
    const first = Object.fromEntries(
      Object.entries(described).map(([key, one]) => [
        key,
        one.enum?.[0] ?? (one.type === "integer" ? (one.min ?? 0) : "1"),
      ]),
    );
    t.match(
      run(session, simulator, name, given[name] ?? first).at(-1),
      { type: "outcome", outcome: { ok: true } },
      name,
    );
  }
  t.match(run(session, simulator, "status", {}).at(-1), {
    outcome: { result: { protocols: "AC", firmware: 1045 } },
  });
});

t.test("what it cannot do it says, and what is no packet it does not hear", async (t) => {
  const simulator = rfxcom.simulate(settingsOf(rfxcom), seeded(2));
  t.same(
    Buffer.from(simulator.receive(Buffer.from("0d000005090000000000000000", "hex"))).length,
    0,
    "cut off",
  );
  t.match(
    Buffer.from(simulator.receive(Buffer.from("0d00000509000000000000000000", "hex"))).toString("hex"),
    /^0d01ff05/,
  );
  t.same(
    Buffer.from(simulator.receive(Buffer.from("0d00000500000000000000000000", "hex"))).length,
    0,
    "reset",
  );
});

function run(session: Session, simulator: Simulator, name: string, args: Values): readonly DriverEvent[] {
  return (session.run?.({ id: "1", name, args }) ?? []).flatMap((event) =>
    event.type === "write" ? session.push(simulator.receive(event.bytes)) : [event],
  );
}
