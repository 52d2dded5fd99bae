import t from "tap";
import { COMMANDS } from "../../../devices/hpma115/commands.ts";
import { hpma115 } from "../../../devices/hpma115/driver.ts";
import { MODELS, writeOrder } from "../../../devices/hpma115/protocol.ts";
import { HpmSimulator } from "../../../devices/hpma115/simulator.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it obeys, and answers as its data sheet says", async (t) => {
  const simulator = new HpmSimulator("s0", seeded(3));
  const hear = (bytes: Uint8Array): string => Buffer.from(simulator.receive(bytes)).toString("hex");
  const sends = (): number => simulator.step().bytes.length;
  t.equal(sends(), 27, "the first frame is cut");
  t.equal(sends(), 32);
  t.equal(hear(writeOrder("auto_off")), "a5a5");
  t.equal(sends(), 0);
  t.match(hear(writeOrder("read")), /^400504.{10}$/);
  t.equal(hear(writeOrder("auto_on")), "a5a5");
  t.equal(sends(), 32);
  t.equal(hear(writeOrder("stop")), "a5a5");
  t.equal(sends(), 0);
  t.equal(hear(writeOrder("read")), "9696", "stopped");
  t.equal(hear(writeOrder("start")), "a5a5");
  t.equal(sends(), 32);
  t.equal(hear(writeOrder("coefficient")), "400210644a");
  t.equal(hear(writeOrder("adjust", [29])), "9696");
  t.equal(hear(writeOrder("adjust", [90])), "a5a5");
  t.equal(hear(writeOrder("coefficient")), "4002105a54");
});

for (const model of Object.keys(MODELS))
  t.test(`${model}: its readings have every metric of the model`, async (t) => {
    const settings = settingsOf(hpma115, { model });
    const simulator = hpma115.simulate(settings, seeded(3));
    const session = hpma115.open(settings);
    t.same(session.push(simulator.step().bytes), [], "the first frame is cut");
    const [event] = session.push(simulator.step().bytes).filter(({ type }) => type === "reading");
    if (event?.type !== "reading") return t.fail("no reading");
    t.same(Object.keys(event.values), Object.keys(hpma115.describe(settings).metrics));
  });

t.test("every command of the driver succeeds with it", async (t) => {
  const settings = settingsOf(hpma115);
  const simulator = hpma115.simulate(settings, seeded(3));
  const session = hpma115.open(settings);
  const args = { auto_send: { on: false }, adjust: { coefficient: 90 } };
  for (const name of ["read", "stop", "start", "auto_send", "adjust", "coefficient"]) {
    t.ok(name in COMMANDS, name);
    const given = args[name as keyof typeof args] ?? {};
    const events = session.run?.({ id: name, name, args: given }) ?? [];
    const answers = events.flatMap((event) =>
      event.type === "write" ? session.push(simulator.receive(event.bytes)) : [],
    );
    t.match(answers.at(-1), { type: "outcome", call: name, outcome: { ok: true } }, name);
  }
});
