import t from "tap";
import { pylontech } from "../../../devices/pylontech/driver.ts";
import { readFrame, writeFrame, writeQuery } from "../../../devices/pylontech/protocol.ts";
import { analogValues } from "../../../devices/pylontech/readings.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import type { Driver } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

t.test("it answers its own address, and only when asked", async (t) => {
  const battery = pylontech.simulate(settingsOf(pylontech, { address: 3 }), seeded(1));
  t.equal(battery.step().bytes.length, 0);
  t.equal(battery.receive(writeQuery("analog", 2)).length, 0);
  const frame = readFrame(Buffer.from(battery.receive(writeQuery("analog", 3))));
  t.match(frame, { address: 3, code: 0 });
  t.match(analogValues(frame.info), { of: 3, content: [{ cells: 15, full_capacity: 74 }] });
});

t.test("it refuses what it does not know", async (t) => {
  const battery = pylontech.simulate(settingsOf(pylontech), seeded(1));
  const frame = readFrame(Buffer.from(battery.receive(writeFrame(0x61, 2, Buffer.alloc(0)))));
  t.match(frame, { address: 2, code: 0x04 });
});

t.test("its cells add up to the battery, and every metric is in a round", async (t) => {
  const settings = settingsOf(pylontech);
  const events = converse(pylontech as Driver<unknown>, settings, { readings: 1 });
  const [values = {}] = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const cells = Array.from({ length: 15 }, (_, i) => Number(values[`cell_voltage_${i + 1}`]));
  t.ok(Math.abs(cells.reduce((sum, volts) => sum + volts, 0) - Number(values["voltage"])) < 0.001);
  for (const metric of Object.keys(pylontech.describe(settings).metrics)) t.ok(metric in values, metric);
});
