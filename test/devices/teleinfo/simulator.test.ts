import t from "tap";
import { teleinfo } from "../../../devices/teleinfo/driver.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

for (const mode of ["auto", "historic", "standard"])
  t.test(
    `${mode}: its frames are readings of declared metrics, but for the first, which is cut`,
    async (t) => {
      const settings = settingsOf(teleinfo, { mode });
      const simulator = teleinfo.simulate(settings, seeded(3));
      const session = teleinfo.open(settings);
      t.ok(session.push(simulator.step().bytes).every(({ type }) => type === "discard"));
      const events = Array.from({ length: 300 }, () => session.push(simulator.step().bytes)).flat();
      const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
      t.equal(readings.length, 300);
      const declared = new Set(Object.keys(teleinfo.describe(settings).metrics));
      t.same(
        readings.flatMap(Object.keys).filter((metric) => !declared.has(metric)),
        [],
      );
      t.equal(events.length, 301, "and the cut one a discard");
      const index = mode === "standard" ? "energy_total" : "energy_peak";
      const energies = readings.map((values) => Number(values[index]));
      t.ok(
        energies.every((energy, at) => energy >= (energies[at - 1] ?? 0)),
        "an index never goes back",
      );
    },
  );

t.test("it hears nothing", async (t) => {
  const simulator = teleinfo.simulate(settingsOf(teleinfo), seeded(3));
  t.equal(simulator.receive(Buffer.from("?")).length, 0);
});
