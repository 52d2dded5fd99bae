import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { HeldDevices } from "../../src/agent/held-devices.ts";
import { Mark } from "../../src/bridge/mark.ts";

t.test("a device that hangs its bridge again and again is held back longer each time", async (t) => {
  const mark = join(t.testdir(), "bridge.running");
  new Mark(mark).set("gps");
  const held = new HeldDevices();
  let nowMs = 0;
  const delays = Array.from({ length: 6 }, () => {
    t.equal(held.blame(mark, "hung", nowMs), "gps");
    const delayMs = held.holds(["gps", "air"], nowMs)["gps"]?.delayMs ?? 0;
    nowMs += delayMs;
    return delayMs;
  });
  for (const [at, delay] of delays.entries())
    t.ok(delay >= Math.min(16_000, 1_000 * 2 ** at), `${delay} ms at the ${at + 1}th time`);
  t.same(held.holds(["gps"], nowMs), {}, "free again afterwards");
});

t.test("no mark, no blame", async (t) => {
  const folder = t.testdir();
  const held = new HeldDevices();
  t.equal(held.blame(join(folder, "none"), "hung"), undefined);
  writeFileSync(join(folder, "empty"), "");
  t.equal(held.blame(join(folder, "empty"), "hung"), undefined);
});

t.test("the mark holds the newest device only, whatever the lengths of the names", async (t) => {
  const path = join(t.testdir(), "mark");
  const mark = new Mark(path);
  const held = new HeldDevices();
  for (const device of ["a-device-with-a-long-name", "b", "c".repeat(63), "d"]) {
    mark.set(device);
    t.equal(held.blame(path, "hung"), device);
  }
});
