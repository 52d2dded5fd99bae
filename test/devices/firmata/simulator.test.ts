import t from "tap";
import { FirmataSimulator } from "../../../devices/firmata/simulator.ts";
import { seeded } from "../../support/random.ts";

const make = (): FirmataSimulator => new FirmataSimulator(seeded(3));
const hear = (simulator: FirmataSimulator, hex: string): string =>
  Buffer.from(simulator.receive(Buffer.from(hex, "hex"))).toString("hex");

t.test("it says nothing before it is asked", async (t) => {
  const simulator = make();
  t.same(
    Array.from({ length: 5 }, () => simulator.step().bytes.length),
    [0, 0, 0, 0, 0],
  );
  t.equal(hear(simulator, "f9"), "f90205");
  t.match(hear(simulator, "f079f7"), /^f0790205.*f7$/);
  t.match(hear(simulator, "f06bf7"), /^f06c7f7f0001/);
  t.equal(hear(simulator, "f069f7"), "f06a" + "7f".repeat(14) + "000102030405" + "f7");
});

t.test("it reports what is enabled, at once and then as often as it is told", async (t) => {
  const simulator = make();
  t.match(hear(simulator, "c001"), /^e0....$/);
  t.equal(simulator.step().afterMs, 19);
  hear(simulator, "f07a6807f7");
  t.equal(simulator.step().afterMs, 1_000);
  t.equal(simulator.step().bytes[0], 0xe0);
  hear(simulator, "c000");
  t.equal(simulator.step().bytes.length, 0);
});

t.test(
  "its switch is high with the pull-up, low when it is pressed, and only changes are told",
  async (t) => {
    const simulator = make();
    hear(simulator, "f4020b");
    t.equal(hear(simulator, "d001"), "900400");
    const told = Array.from({ length: 100 }, () =>
      Buffer.from(simulator.step().bytes).toString("hex"),
    ).filter((one) => one !== "");
    t.ok(told.length > 2);
    t.same(
      told,
      told.map((_, i) => (i % 2 === 0 ? "900000" : "900400")),
    );
  },
);

t.test("a pin is what it can be, and remembers what was written", async (t) => {
  const simulator = make();
  hear(simulator, "f40d01f50d01");
  t.equal(hear(simulator, "f06d0df7"), "f06e0d0101f7");
  hear(simulator, "f40d03");
  t.equal(hear(simulator, "f06d0df7"), "f06e0d0101f7", "pin 13 has no PWM");
  hear(simulator, "f40903e94801");
  t.equal(hear(simulator, "f06d09f7"), "f06e09034801f7");
  hear(simulator, "910000");
  t.equal(hear(simulator, "f06d0df7"), "f06e0d0100f7", "the port is written");
});
