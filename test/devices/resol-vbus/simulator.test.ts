import t from "tap";
import { resolVbus } from "../../../devices/resol-vbus/driver.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("the first packet is cut, the others are a controller and its heat meter", async (t) => {
  const settings = settingsOf(resolVbus);
  const simulator = resolVbus.simulate(settings, seeded(3));
  const session = resolVbus.open(settings);
  const first = session.push(simulator.step().bytes);
  t.match(first, [{ type: "discard", reason: "noise" }, { type: "describe" }, { type: "reading" }]);
  const readings = session
    .push(simulator.step().bytes)
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));
  t.match(readings, [
    {
      source: "7E11",
      controller: "DeltaSol MX",
      temperature_1: Number,
      temperature_2: Number,
      temperature_3: null,
      pump_1: 70,
      flow_13: 180,
    },
    { source: "7E31", heat_meter_1_heat: Number, heat_meter_1_power: Number },
  ]);
});

t.test("nobody asks it", async (t) => {
  const simulator = resolVbus.simulate(settingsOf(resolVbus), seeded(3));
  t.equal(simulator.receive(Buffer.from("aa", "hex")).length, 0);
});
