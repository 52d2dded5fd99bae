import t from "tap";
import { jsonLines } from "../../../devices/json-lines/driver.ts";
import type { Values } from "../../../src/message/index.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

for (const order of ["fan=true\n", '{"fan":true}\r\n', "fan on\n"])
  t.test(`${JSON.stringify(order)} shows at once, and it gets cooler; off, and it gets warmer`, async (t) => {
    const settings = settingsOf(jsonLines);
    const simulator = jsonLines.simulate(settings, seeded(5));
    const session = jsonLines.open(settings);
    const read = (bytes: Uint8Array): Values[] =>
      session.push(bytes).flatMap((event) => (event.type === "reading" ? [event.values] : []));
    const later = (): number =>
      Number(Array.from({ length: 20 }, () => read(simulator.step().bytes)).at(-1)?.[0]?.["temperature"]);
    const warm = later();
    t.match(read(simulator.receive(Buffer.from(order))), [{ fan: true }]);
    const cool = later();
    t.ok(cool < warm - 3, `${warm} to ${cool} Cel`);
    t.match(read(simulator.receive(Buffer.from("fan=false\n"))), [{ fan: false }]);
    t.ok(later() > cool + 3);
  });

t.test("it prints in the format that is set", async (t) => {
  const line = (given: object): string => {
    const simulator = jsonLines.simulate(settingsOf(jsonLines, given), seeded(5));
    simulator.step();
    return Buffer.from(simulator.step().bytes).toString().trim();
  };
  t.match(line({}), /^\{"temperature":[\d.]+,"humidity":[\d.]+,"fan":false\}$/);
  t.match(line({ format: "key-value" }), /^temperature=[\d.]+ humidity=[\d.]+ fan=false$/);
  t.match(line({ format: "csv", delimiter: ";" }), /^[\d.]+;[\d.]+;false$/);
  t.match(line({ columns: ["fan", "humidity"] }), /^false,[\d.]+$/);
});

t.test("what is no order is not answered", async (t) => {
  const simulator = jsonLines.simulate(settingsOf(jsonLines), seeded(5));
  t.equal(simulator.receive(Buffer.from("hello\nfantastic=1\n")).length, 0);
});
