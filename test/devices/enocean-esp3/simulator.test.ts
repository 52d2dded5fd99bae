import t from "tap";
import { enoceanEsp3 } from "../../../devices/enocean-esp3/driver.ts";
import { PACKET, writePacket } from "../../../devices/enocean-esp3/protocol.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it hears each configured sender in turn", async (t) => {
  const senders = { "0a:0b:0c:01": "A5-09-04", "0A:0B:0C:02": "F6-10-00" };
  const settings = settingsOf(enoceanEsp3, { senders });
  const simulator = enoceanEsp3.simulate(settings, seeded(4));
  const session = enoceanEsp3.open(settings);
  simulator.step();
  const found = [simulator.step(), simulator.step()].flatMap(({ bytes }) => session.push(bytes));
  t.match(found, [
    { type: "reading", values: { sender: "0A:0B:0C:02", profile: "F6-10-00", window: "closed" } },
    { type: "reading", values: { sender: "0A:0B:0C:01", profile: "A5-09-04", co2: Number, learn: false } },
  ]);
});

t.test("it responds to each command, and refuses others", async (t) => {
  const settings = settingsOf(enoceanEsp3);
  const simulator = enoceanEsp3.simulate(settings, seeded(4));
  const session = enoceanEsp3.open(settings);
  const run = (name: string, args: Record<string, string> = {}): readonly DriverEvent[] => {
    const [write] = session.run?.({ id: "1", name, args }) ?? [];
    return write?.type === "write" ? session.push(simulator.receive(write.bytes)) : [];
  };
  const ok = (result?: object): object => ({ call: "1", outcome: { ok: true, ...(result && { result }) } });
  t.match(run("version"), [
    ok({ chip_id: "01:81:A2:B3", application: "2.11.1.0", description: "GATEWAYCTRL" }),
  ]);
  t.match(run("id_base"), [ok({ base_id: "FF:A2:B3:00", writes_left: 10 })]);
  t.match(run("send", { rorg: "D5", payload: "09", sender: "FF:A2:B3:01" }), [ok()]);
  const other = simulator.receive(writePacket(PACKET.commonCommand, Buffer.of(2)));
  t.same(Buffer.from(other), writePacket(PACKET.response, Buffer.of(2)));
});
