import t from "tap";
import { sds011 } from "../../../devices/sds011/driver.ts";
import { writeNewId, writeOrder } from "../../../devices/sds011/protocol.ts";
import { SdsSimulator } from "../../../devices/sds011/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const ANY = "FFFF";

t.test("it obeys, and answers as its manual says", async (t) => {
  const simulator = new SdsSimulator("sds011", ANY, seeded(3));
  const hear = (bytes: Uint8Array): string => Buffer.from(simulator.receive(bytes)).toString("hex");
  const sends = (): boolean => simulator.step().bytes.length > 0;
  t.ok(sends());
  t.equal(hear(writeOrder("reporting", ANY, [1, 1])), "aac502010100a16005ab");
  t.notOk(sends());
  t.match(hear(writeOrder("query", ANY)), /^aac0/);
  t.equal(hear(writeOrder("reporting", ANY, [0])), "aac502000100a16004ab", "a question changes nothing");
  t.equal(hear(writeOrder("reporting", ANY, [1, 0])), "aac502010000a16004ab");
  t.ok(sends());
  t.equal(hear(writeOrder("power", ANY, [1, 0])), "aac506010000a16008ab");
  t.notOk(sends());
  t.equal(hear(writeOrder("query", ANY)), "", "asleep");
  t.equal(hear(writeOrder("power", ANY, [1, 1])), "aac506010100a16009ab");
  t.equal(hear(writeOrder("period", ANY, [1, 5])), "aac508010500a1600fab");
  t.equal(hear(writeOrder("firmware", "A160")), "aac5070f070aa16028ab");
  t.equal(hear(writeOrder("firmware", "58D9")), "", "for another");
  t.equal(hear(writeNewId("A001", "A160")), "aac505000000a001a6ab");
  t.match(hear(writeOrder("query", "A001")), /^aac0/);
});

for (const model of ["sds011", "sds198"] as const)
  t.test(`${model}: its readings have every metric of the model`, async (t) => {
    const settings = settingsOf(sds011, { model });
    const simulator = sds011.simulate(settings, seeded(3));
    const session = sds011.open(settings);
    t.same(session.push(simulator.step().bytes), [], "the first frame is cut");
    const [event] = session.push(simulator.step().bytes).filter(({ type }) => type === "reading");
    if (event?.type !== "reading") return t.fail("no reading");
    t.same(Object.keys(event.values), Object.keys(sds011.describe(settings).metrics));
  });

t.test("every command of the driver succeeds with it", async (t) => {
  const settings = settingsOf(sds011);
  const simulator = sds011.simulate(settings, seeded(3));
  const session = sds011.open(settings);
  const args = { period: { minutes: 5 }, id: { id: "A001" } };
  for (const name of ["passive", "read", "active", "period", "firmware", "id", "sleep", "wake"]) {
    const given = args[name as keyof typeof args] ?? {};
    const events = session.run?.({ id: name, name, args: given }) ?? [];
    const answers = events.flatMap((event) =>
      event.type === "write" ? session.push(simulator.receive(event.bytes)) : [],
    );
    t.match(answers.at(-1), { type: "outcome", call: name, outcome: { ok: true } }, name);
  }
});
