import t from "tap";
import { mbus } from "../../../devices/mbus/driver.ts";
import { secondaryAddress } from "../../../devices/mbus/identity.ts";
import { writeSelect, writeShort } from "../../../devices/mbus/protocol.ts";
import { HeatMeterSimulator } from "../../../devices/mbus/simulator.ts";
import type { Driver } from "../../../src/device/index.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const receive = (simulator: HeatMeterSimulator, bytes: Buffer): string =>
  Buffer.from(simulator.receive(bytes)).toString("hex");

t.test("it answers its own address and 254, and no other", async (t) => {
  const simulator = new HeatMeterSimulator(5, "", seeded(1));
  for (const address of [5, 254]) {
    t.equal(receive(simulator, writeShort(0x40, address)), "e5");
    t.match(receive(simulator, writeShort(0x7b, address)), /^68.*16$/);
  }
  for (const address of [6, 253]) t.equal(receive(simulator, writeShort(0x7b, address)), "");
});

t.test("it is selected by its identification until another is", async (t) => {
  const simulator = new HeatMeterSimulator(254, "", seeded(1));
  t.equal(receive(simulator, writeSelect(secondaryAddress("2026FFFF", "DUN"))), "e5");
  t.match(receive(simulator, writeShort(0x7b, 253)), /^68/);
  t.equal(receive(simulator, writeSelect(secondaryAddress("12345678", ""))), "");
  t.equal(receive(simulator, writeShort(0x7b, 253)), "");
});

t.test("it repeats its telegram if the frame count bit was not turned", async (t) => {
  const simulator = new HeatMeterSimulator(1, "", seeded(1));
  receive(simulator, writeShort(0x40, 1));
  const now = /0406/;
  const dueDay = /4406/;
  t.match(receive(simulator, writeShort(0x7b, 1)), now);
  t.match(receive(simulator, writeShort(0x7b, 1)), now);
  t.match(receive(simulator, writeShort(0x5b, 1)), dueDay);
  t.match(receive(simulator, writeShort(0x5b, 1)), dueDay);
});

for (const settings of [{}, { address: 7 }, { id: "12FF5678" }, { id: "12345678", manufacturer: "dun" }])
  t.test(`the driver reads it with ${JSON.stringify(settings)}`, async (t) => {
    const driver = mbus as unknown as Driver<unknown>;
    const events = converse(driver, settingsOf(mbus, settings), { readings: 2 });
    const [first, second] = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
    t.match(first, {
      medium: "heat",
      energy: Number,
      volume_flow: Number,
      energy_s1: 35_020_000,
      date_s1: "2025-12-31",
    });
    t.same(Object.keys(second ?? {}), Object.keys(first ?? {}));
    t.ok(Number(second?.["volume"]) > Number(first?.["volume"]), "its volume rises");
  });
