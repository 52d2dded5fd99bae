import t from "tap";
import { dalyBms } from "../../../devices/daly-bms/driver.ts";
import { COMMANDS, writeAnswer, writeRequest } from "../../../devices/daly-bms/protocol.ts";
import { DalySimulator } from "../../../devices/daly-bms/simulator.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

const simulator = (): DalySimulator => new DalySimulator(seeded(5));
function ask(bms: DalySimulator, command: number): Values {
  const session = dalyBms.open(settingsOf(dalyBms, { cells: 7 }));
  const events = session.push(bms.receive(writeRequest("computer", command)));
  return events.find((event) => event.type === "reading")?.values ?? {};
}

t.test("it speaks of itself until it is polled, then only when asked", async (t) => {
  const bms = simulator();
  t.ok(bms.step().bytes.length > 0);
  t.match(ask(bms, COMMANDS.status), { cells: 7, temperature_sensors: 2 });
  t.equal(bms.step().bytes.length, 0);
  t.match(ask(bms, COMMANDS.temperatureExtremes), { highest_temperature: 24, lowest_temperature: 21 });
  t.match(ask(bms, COMMANDS.faults), { faults: "" });
});

t.test("its cells add up to the pack, and have their extremes", async (t) => {
  const bms = simulator();
  const cells = Object.values(ask(bms, COMMANDS.cellVoltages)) as number[];
  t.equal(cells.length, 7);
  const { voltage } = ask(bms, COMMANDS.pack);
  t.ok(Math.abs(cells.reduce((sum, one) => sum + one, 0) - Number(voltage)) <= 0.051);
  const extremes = ask(bms, COMMANDS.cellExtremes);
  t.equal(extremes["highest_cell_voltage"], Math.max(...cells));
  t.equal(cells[Number(extremes["lowest_cell"]) - 1], extremes["lowest_cell_voltage"]);
});

t.test("it obeys charge: without it nothing flows in", async (t) => {
  const bms = simulator();
  bms.step();
  t.ok(Number(ask(bms, COMMANDS.pack)["current"]) > 0);
  const done = bms.receive(writeRequest("computer", COMMANDS.setCharge, 0));
  t.same(Buffer.from(done), writeAnswer(COMMANDS.setCharge, Buffer.from("000000000000003c", "hex")));
  bms.step();
  t.match(ask(bms, COMMANDS.pack), { current: 0 });
  t.match(ask(bms, COMMANDS.mosfets), { state: "stationary", charge_mosfet: false, discharge_mosfet: true });
});
