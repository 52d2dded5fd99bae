import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { STILL_CLOCK } from "../support/still-clock.ts";
import { fixturesOf } from "./fixtures.ts";
import { settingsOf } from "./settings.ts";

for (const [name, load] of Object.entries(DRIVERS)) {
  const fixtures = fixturesOf(name);
  t.ok(fixtures.length > 0, `${name} has fixtures of its own`);
  for (const { name: fixture, bytes, settings, events } of fixtures)
    t.test(`${name}: ${fixture}`, async (t) => {
      const driver = (await load()) as unknown as Driver<unknown>;
      const wanted = events.map((event) => JSON.parse(event) as DriverEvent);
      t.strictSame(plain(driver.open(settingsOf(driver, settings), STILL_CLOCK).push(bytes)), wanted);
      const session = driver.open(settingsOf(driver, settings), STILL_CLOCK);
      const byByte = [...bytes].flatMap((byte) => session.push(Uint8Array.of(byte)));
      t.strictSame(plain(byByte), wanted, "byte by byte");
    });
}

/** As JSON has them: what is written is bytes. */
function plain(events: readonly DriverEvent[]): unknown {
  return JSON.parse(JSON.stringify(events));
}
