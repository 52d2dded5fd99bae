import t from "tap";
import { tfmini } from "../../../devices/tfmini/driver.ts";
import { ORDERS, writeOrder } from "../../../devices/tfmini/protocol.ts";
import { MODELS } from "../../../devices/tfmini/readings.ts";
import { LidarSimulator } from "../../../devices/tfmini/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it obeys, and answers as its manual says", async (t) => {
  const simulator = new LidarSimulator("tfmini-plus", "cm", seeded(3));
  const hear = (bytes: Uint8Array): string => Buffer.from(simulator.receive(bytes)).toString("hex");
  const sends = (): number => simulator.step().bytes.length;
  t.equal(sends(), 87, "the first frame is cut");
  t.equal(sends(), 90);
  t.equal(hear(writeOrder("version")), "5a070101020368");
  t.equal(hear(writeOrder("rate", [10, 0])), "5a06030a006d");
  t.equal(sends(), 9);
  t.equal(hear(writeOrder("save")), "5a05110070");
  t.equal(hear(writeOrder("rate", [0, 0])), "5a0603000063");
  t.equal(sends(), 0);
  t.match(hear(writeOrder("trigger")), /^5959.{14}$/);
  t.equal(hear(writeOrder("unit", [6])), "5a0505066a");
  t.equal(hear(writeOrder("output", [0])), "5a05070066");
  t.equal(hear(writeOrder("restart")), "5a05020061");
  t.equal(sends(), 9, "what was saved");
  t.equal(hear(writeOrder("factory_reset")), "5a0510006f");
  t.equal(sends(), 90);
  t.equal(hear(Buffer.from("5a042a88", "hex")), "", "an order that is none");
});

for (const model of MODELS)
  t.test(`${model}: its readings have every metric of the model`, async (t) => {
    const settings = settingsOf(tfmini, { model });
    const simulator = tfmini.simulate(settings, seeded(3));
    const session = tfmini.open(settings);
    const events = Array.from({ length: 20 }, () => session.push(simulator.step().bytes)).flat();
    const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    t.equal(readings.length, 199);
    for (const values of readings)
      t.same(Object.keys(values), Object.keys(tfmini.describe(settings).metrics));
    t.equal(readings.filter(({ reliable }) => reliable === false).length, 2);
  });

t.test("every command of the driver succeeds with it", async (t) => {
  const settings = settingsOf(tfmini);
  const simulator = tfmini.simulate(settings, seeded(3));
  const session = tfmini.open(settings);
  const args = { rate: { hz: 10 }, unit: { unit: "mm" }, output: { on: true } };
  for (const name of Object.keys(ORDERS)) {
    const given = args[name as keyof typeof args] ?? {};
    const events = session.run?.({ id: name, name, args: given }) ?? [];
    const answers = events.flatMap((event) =>
      event.type === "write" ? session.push(simulator.receive(event.bytes)) : [],
    );
    t.match(answers.at(-1), { type: "outcome", call: name, outcome: { ok: true } }, name);
  }
});
