import t from "tap";
import { pms5003 } from "../../../devices/pms5003/driver.ts";
import { writeOrder } from "../../../devices/pms5003/protocol.ts";
import { MODELS, type Model } from "../../../devices/pms5003/values.table.ts";
import { PmsSimulator } from "../../../devices/pms5003/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it obeys, and answers as real ones do", async (t) => {
  const simulator = new PmsSimulator("pms5003", seeded(3));
  const order = (name: Parameters<typeof writeOrder>[0]): string =>
    Buffer.from(simulator.receive(writeOrder(name))).toString("hex");
  const sends = (): boolean => simulator.step().bytes.length > 0;
  t.ok(sends());
  t.equal(order("passive"), "424d0004e1000174");
  t.notOk(sends());
  t.match(order("read"), /^424d001c/);
  t.equal(order("active"), "424d0004e1010175");
  t.ok(sends());
  t.equal(order("sleep"), "424d0004e4000177");
  t.notOk(sends());
  t.equal(order("read"), "", "asleep");
  t.equal(order("wake"), "", "is not answered");
  t.ok(sends());
});

t.test("after waking it warms up", async (t) => {
  const simulator = new PmsSimulator("pms5003", seeded(3));
  const session = pms5003.open(settingsOf(pms5003));
  simulator.step();
  simulator.receive(writeOrder("wake"));
  const masses = Array.from({ length: 5 }, () => session.push(simulator.step().bytes)).flatMap((events) =>
    events.flatMap((event) => (event.type === "reading" ? [event.values["pm2_5"]] : [])),
  );
  t.strictSame(
    masses.map((mass) => mass === null),
    [true, true, true, false, false],
  );
});

for (const model of Object.keys(MODELS) as Model[])
  t.test(`${model}: its frames have every metric of the model`, async (t) => {
    const settings = settingsOf(pms5003, { model });
    const simulator = pms5003.simulate(settings, seeded(3));
    const session = pms5003.open(settings);
    session.push(simulator.step().bytes);
    const [event] = session.push(simulator.step().bytes).filter(({ type }) => type === "reading");
    if (event?.type !== "reading") return t.fail("no reading");
    t.same(Object.keys(event.values), Object.keys(pms5003.describe(settings).metrics));
    for (const [metric, value] of Object.entries(event.values)) t.type(value, "number", metric);
  });
