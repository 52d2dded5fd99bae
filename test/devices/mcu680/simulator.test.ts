import t from "tap";
import { mcu680 } from "../../../devices/mcu680/driver.ts";
import { writeOrder } from "../../../devices/mcu680/protocol.ts";
import { ModuleSimulator } from "../../../devices/mcu680/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it sends when it is to", async (t) => {
  const simulator = new ModuleSimulator(seeded(3));
  const hear = (bytes: Uint8Array): number => simulator.receive(bytes).length;
  const sends = (): number => simulator.step().bytes.length;
  t.equal(sends(), 14, "the first frame is cut");
  t.equal(sends(), 20);
  t.equal(hear(writeOrder("read")), 20);
  t.equal(sends(), 0);
  t.equal(hear(writeOrder("read")), 20);
  t.equal(hear(writeOrder("active")), 0);
  t.equal(sends(), 20);
  t.equal(hear(writeOrder("read")), 20);
  t.equal(hear(writeOrder("factory_reset")), 0);
  t.equal(sends(), 20);
  for (const order of ["save", "all_values"] as const) t.equal(hear(writeOrder(order)), 0);
  t.equal(sends(), 20);
});

t.test("its readings have every metric, and its accuracy rises", async (t) => {
  const settings = settingsOf(mcu680);
  const simulator = mcu680.simulate(settings, seeded(3));
  const session = mcu680.open(settings);
  const events = Array.from({ length: 40 }, () => session.push(simulator.step().bytes)).flat();
  const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  t.equal(readings.length, 39);
  for (const values of readings) t.same(Object.keys(values), Object.keys(mcu680.describe(settings).metrics));
  t.same([...new Set(readings.map((values) => values["iaq_accuracy"]))], [0, 1, 2, 3]);
});
