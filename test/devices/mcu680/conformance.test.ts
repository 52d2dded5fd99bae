import t from "tap";
import { mcu680 } from "../../../devices/mcu680/driver.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import { capturesOf } from "../captures.ts";
import { fieldsOf, wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

/** The recordings' names of our metrics. */
const NAMES: Readonly<Record<string, string>> = {
  pressure_pa: "pressure",
  gas_ohm: "gas_resistance",
  altitude_m: "altitude",
};

for (const capture of capturesOf("mcu680-bme680"))
  t.test(`mcu680 ${capture.name}`, async (t) => {
    const wanted = fieldsOf(capture).map(named);
    t.not(wanted.length, 0);
    const events = mcu680.open(settingsOf(mcu680)).push(wireOf(capture));
    const found = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    t.same(found, wanted);
  });

function named(fields: Values): Values {
  const entries = Object.entries(fields) as [string, Value][];
  return Object.fromEntries(entries.map(([name, value]) => [NAMES[name] ?? name, value]));
}
