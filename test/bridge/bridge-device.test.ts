import * as Type from "typebox";
import t from "tap";
import { Clock } from "../../src/base/index.ts";
import { BridgeDevice } from "../../src/bridge/bridge-device.ts";
import { Lines } from "../../src/bridge/lines.ts";
import type { DevicePlan } from "../../src/bridge/plan.ts";
import { LINE_8N1, type AnyDriver, type Driver, type SessionClock } from "../../src/device/index.ts";

const NUMBER = { type: "number" } as const;
const COMMAND = { description: "", arguments: {} };

function driverOf(isPending: boolean, onOpen: (clock?: SessionClock) => void = () => {}): AnyDriver {
  const driver: Driver<unknown> = {
    name: "x",
    title: "x",
    settings: Type.Object({}),
    line: { ...LINE_8N1, baudRate: 9600 },
    describe: () => ({ metrics: { a: NUMBER }, commands: {}, isPending, silenceMs: 1_000 }),
    open: (_, clock) => {
      onOpen(clock);
      return { push: () => [] };
    },
    simulate: () => ({
      step: () => ({ bytes: Buffer.of(1), afterMs: 1_000 }),
      receive: () => Buffer.of(),
    }),
  };
  return driver as unknown as AnyDriver;
}

async function open(driver: AnyDriver, more: Partial<DevicePlan> = {}, clock = new Clock()) {
  const plan: DevicePlan = { driver: "x", port: "sim://", line: {}, settings: {}, ...more };
  const drivers = { shipped: { x: async () => driver }, describe: async () => driver };
  const handlers = {
    onEnter: () => {},
    onReading: () => {},
    onCondition: () => {},
    onDescribe: () => {},
    onEnd: () => {},
    onLog: () => {},
    onTrace: () => {},
  };
  return BridgeDevice.open("one", plan, drivers, new Lines(), clock, handlers);
}

t.test("what is told is added; what replaces is all there is", async (t) => {
  const device = await open(driverOf(false));
  device.learn({ b: NUMBER }, { go: COMMAND }, false);
  t.same(device.declared, { driver: "x", metrics: { a: NUMBER, b: NUMBER }, commands: { go: COMMAND } });
  device.learn({ c: NUMBER }, {}, true);
  t.same(device.declared, { driver: "x", metrics: { c: NUMBER }, commands: {} });
});

t.test("a device that describes itself is pending until it has", async (t) => {
  const device = await open(driverOf(true));
  t.equal(device.declared.pending, true);
  device.learn({ b: NUMBER }, {}, false);
  t.equal(device.declared.pending, true, "something more is not all");
  device.learn({ b: NUMBER }, {}, true);
  t.notOk("pending" in device.declared);
});

t.test("a description that replaces is shaped, too", async (t) => {
  const shape = { metrics: { b: { name: "bee" } }, report: "all" } as const;
  const device = await open(driverOf(true), { shape });
  device.learn({ b: NUMBER }, {}, true);
  t.same(device.declared.metrics, { bee: NUMBER });
});

t.test("a session gets the bridge's clock", async (t) => {
  const clock = new Clock();
  const { promise, resolve } = Promise.withResolvers<SessionClock | undefined>();
  const device = await open(driverOf(false, resolve), {}, clock);
  device.runner.start();
  t.equal(await promise, clock);
  await device.runner.close();
});
