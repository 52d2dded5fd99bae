import t from "tap";
import { jbdBms } from "../../../devices/jbd-bms/driver.ts";
import { writeAnswer, writeMosfets, writeRead } from "../../../devices/jbd-bms/protocol.ts";
import { JbdSimulator } from "../../../devices/jbd-bms/simulator.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const simulator = (): JbdSimulator => new JbdSimulator(seeded(5));
function reading(bytes: Uint8Array): Values {
  const events = jbdBms.open(settingsOf(jbdBms)).push(bytes);
  return events.find((event) => event.type === "reading")?.values ?? {};
}

t.test("it speaks of itself until it is polled, then only when asked", async (t) => {
  const bms = simulator();
  t.ok(bms.step().bytes.length > 0);
  t.equal(reading(bms.receive(writeRead(0x03)))["cells"], 8);
  t.equal(bms.step().bytes.length, 0);
  t.match(reading(bms.receive(writeRead(0x05))), { model: "JBD-SP08S-SIM" });
  t.equal(typeof reading(bms.receive(writeRead(0x04)))["cell_voltage_8"], "number");
  t.same(Buffer.from(bms.receive(writeRead(0xaa))), writeAnswer(0xaa, Buffer.alloc(0), false), "refused");
});

t.test("its cells add up to the pack", async (t) => {
  const bms = simulator();
  const cells = Object.values(reading(bms.receive(writeRead(0x04)))) as number[];
  const { voltage } = reading(bms.receive(writeRead(0x03)));
  t.ok(Math.abs(cells.reduce((sum, one) => sum + one, 0) - Number(voltage)) < 0.01);
});

t.test("it obeys mosfets: without that for charging nothing flows in", async (t) => {
  const bms = simulator();
  bms.step();
  t.ok(Number(reading(bms.receive(writeRead(0x03)))["current"]) > 0);
  const order = writeMosfets({ charge: false, discharge: true });
  t.same(Buffer.from(bms.receive(order)), writeAnswer(0xe1, Buffer.alloc(0)));
  bms.step();
  t.match(reading(bms.receive(writeRead(0x03))), {
    current: 0,
    charge_mosfet: false,
    discharge_mosfet: true,
  });
});
