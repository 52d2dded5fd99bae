import t from "tap";
import { sml } from "../../../devices/sml/driver.ts";
import { MeterSimulator } from "../../../devices/sml/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("its first frame is cut, and from then on there is one a second", async (t) => {
  const simulator = new MeterSimulator(seeded(3));
  const session = sml.open(settingsOf(sml));
  session.push(simulator.step().bytes);
  for (let second = 2; second < 10; second++) {
    const { bytes, afterMs } = simulator.step();
    t.equal(afterMs, 1_000);
    t.match(
      session.push(bytes).filter(({ type }) => type === "reading"),
      [{ values: { sensor_time: second, manufacturer: "DUN", power: Number } }],
    );
  }
});

t.test("its registers rise with its power", async (t) => {
  const simulator = new MeterSimulator(seeded(3));
  const session = sml.open(settingsOf(sml));
  const readings = Array.from({ length: 3_000 }, () => session.push(simulator.step().bytes)).flatMap(
    (events) => events.flatMap((event) => (event.type === "reading" ? [event.values] : [])),
  );
  let last = readings[0];
  for (const next of readings.slice(1)) {
    const imported = Number(next["energy_import"]) - Number(last?.["energy_import"]);
    const exported = Number(next["energy_export"]) - Number(last?.["energy_export"]);
    if (imported < 0 || exported < 0) t.fail("a register falls");
    last = next;
  }
  t.ok(
    readings.some(({ power }) => Number(power) < 0),
    "the panels give more than is used, at times",
  );
});

t.test("it hears nothing", async (t) => {
  t.equal(new MeterSimulator(seeded(1)).receive().length, 0);
});
