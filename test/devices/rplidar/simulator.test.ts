import t from "tap";
import { rplidar } from "../../../devices/rplidar/driver.ts";
import { COMMANDS, expressRequest, writeRequest } from "../../../devices/rplidar/protocol.ts";
import type { Driver, DriverEvent, Simulator } from "../../../src/device/index.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const make = (): Simulator => rplidar.simulate(settingsOf(rplidar), seeded(3));
const hear = (simulator: Simulator, bytes: Uint8Array): string =>
  Buffer.from(simulator.receive(bytes)).toString("hex");

t.test("it says nothing until it is told to, and obeys", async (t) => {
  const simulator = make();
  t.equal(simulator.step().bytes.length, 0);
  t.equal(hear(simulator, writeRequest(COMMANDS.health)), "a55a0300000006000000");
  t.match(hear(simulator, writeRequest(COMMANDS.info)), /^a55a1400000004281d0105/);
  t.equal(hear(simulator, expressRequest(0)), "a55a5400004082");
  t.equal(simulator.step().bytes.length % 84, 0);
  t.ok(simulator.step().bytes.length > 0);
  t.equal(hear(simulator, writeRequest(COMMANDS.stop)), "");
  t.equal(simulator.step().bytes.length, 0);
  t.equal(hear(simulator, writeRequest(COMMANDS.scan)), "a55a0500004081");
  t.equal(simulator.step().bytes.length, 2_000);
  simulator.receive(writeRequest(COMMANDS.reset));
  t.equal(simulator.step().bytes.length, 0);
});

t.test("an order in pieces is one, and one with a wrong checksum is none", async (t) => {
  const simulator = make();
  const order = expressRequest(0);
  const pieces = [...order].map((byte) => hear(simulator, Buffer.of(byte))).join("");
  t.equal(pieces, "a55a5400004082");
  const wrong = Buffer.from(order);
  wrong[8] = 0x23;
  t.equal(hear(make(), wrong), "");
});

for (const scan of ["express", "standard"])
  t.test(`a room of four walls in a ${scan} scan`, async (t) => {
    const settings = settingsOf(rplidar, { scan, sectorWidth: 90 });
    const events = converse(rplidar as unknown as Driver<unknown>, settings, { readings: 3 });
    const found = events.filter(
      (event): event is Extract<DriverEvent, { type: "reading" }> => event.type === "reading",
    );
    t.equal(found.length, 3);
    for (const { values } of found) {
      t.equal(values["points"], 400);
      t.ok(Math.abs(Number(values["nearest"]) - 0.9) < 0.01, "somebody");
      t.ok(Number(values["farthest"]) < 4.05 && Number(values["farthest"]) > 3.9, "the farthest corner");
      t.ok(Math.abs(Number(values["sector_0"]) - 1.6) < 0.01, "the front wall");
    }
  });
