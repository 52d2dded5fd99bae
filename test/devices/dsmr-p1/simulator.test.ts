import t from "tap";
import { dsmrP1 } from "../../../devices/dsmr-p1/driver.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

function readings(steps: number, given: object = {}): Values[] {
  const settings = settingsOf(dsmrP1, given);
  const simulator = dsmrP1.simulate(settings, seeded(5));
  const session = dsmrP1.open(settings);
  return Array.from({ length: steps }, () => session.push(simulator.step().bytes)).flatMap((events) =>
    events.flatMap((event) => (event.type === "reading" ? [event.values] : [])),
  );
}

t.test("its clock and its counters go on, a telegram a second", async (t) => {
  const all = readings(700);
  t.equal(all.length, 699, "the first is cut");
  t.equal(all[0]?.["meter_time"], "2026-01-01T13:00:01+01:00");
  t.equal(all[60]?.["meter_time"], "2026-01-01T13:01:01+01:00");
  for (const metric of ["energy_import_tariff_1", "energy_export_tariff_1", "gas_volume"]) {
    const values = all.map((reading) => Number(reading[metric]));
    t.ok(
      values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0)),
      `${metric} never falls`,
    );
    t.ok((values.at(-1) ?? 0) > (values[0] ?? 0), `${metric} rises`);
  }
});

t.test("the gas meter has a time of its own, every five minutes", async (t) => {
  const times = new Set(readings(700).map((reading) => reading["gas_time"]));
  t.same([...times], ["2026-01-01T13:00:00+01:00", "2026-01-01T13:05:00+01:00", "2026-01-01T13:10:00+01:00"]);
});

t.test("with a key it sends envelopes", async (t) => {
  t.equal(readings(20, { encryptionKey: "000102030405060708090a0b0c0d0e0f" }).length, 19);
});

t.test("nothing that is written to it has an answer", async (t) => {
  t.equal(dsmrP1.simulate(settingsOf(dsmrP1), seeded(5)).receive(Buffer.from("/?!\r\n")).length, 0);
});
