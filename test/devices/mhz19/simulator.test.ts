import t from "tap";
import { mhz19 } from "../../../devices/mhz19/driver.ts";
import { writeOrder } from "../../../devices/mhz19/protocol.ts";
import { MhzSimulator } from "../../../devices/mhz19/simulator.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it says nothing unasked, obeys and answers", async (t) => {
  const simulator = new MhzSimulator(seeded(3));
  const hear = (bytes: Uint8Array): Buffer => Buffer.from(simulator.receive(bytes));
  const co2 = (): number => hear(writeOrder("read")).readUInt16BE(2);
  t.equal(simulator.step().bytes.length, 0);
  t.ok(co2() > 500);
  t.equal(hear(writeOrder("zero")).toString("hex"), "ff8701000000000078");
  t.equal(co2(), 400);
  t.equal(hear(writeOrder("span", 3_000)).toString("hex"), "ff8801000000000077");
  t.equal(co2(), 3_000);
  t.equal(hear(writeOrder("range", 2_000)).toString("hex"), "ff9901000000000066");
  t.equal(co2(), 2_000, "not more than its range");
  t.equal(hear(writeOrder("abc", 0)).toString("hex"), "ff7901000000000086");
  t.equal(hear(Buffer.from("ff018600000000007a", "hex")).length, 0, "a wrong sum is not heard");
});

t.test("with the driver it gives a reading a poll, of every metric", async (t) => {
  const settings = settingsOf(mhz19);
  const events = converse(mhz19 as never, settings, { readings: 10 });
  const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  t.equal(readings.length, 10);
  t.equal(events.filter(({ type }) => type === "write").length, 10);
  for (const values of readings) {
    t.same(Object.keys(values), Object.keys(mhz19.describe(settings).metrics));
    t.match(values, { co2: Number, temperature: 22, status: 0 });
  }
});
