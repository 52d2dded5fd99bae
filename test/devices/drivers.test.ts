import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import { parseConfig } from "../../src/config/index.ts";
import type { Driver } from "../../src/device/index.ts";
import { checkCommands, checkMetrics, isName } from "../../src/message/index.ts";
import { converse } from "../support/conversation.ts";
import { settingsOf } from "./settings.ts";

/** What holds for every driver there is. */
const drivers = await Promise.all(
  Object.entries(DRIVERS).map(
    async ([name, load]) => [name, (await load()) as unknown as Driver<unknown>] as const,
  ),
);

for (const [name, driver] of drivers) {
  const settings = settingsOf(driver);

  t.test(`${name}: its name is its folder's, and its settings describe themselves`, async (t) => {
    t.equal(driver.name, name);
    t.ok(isName(name));
    for (const [setting, schema] of Object.entries(driver.settings.properties)) {
      const { description, default: value } = schema as { description?: string; default?: unknown };
      t.type(description, "string", setting);
      t.not(value, undefined, `${setting} has a default`);
    }
  });

  t.test(`${name}: what it declares is what a component may declare`, async (t) => {
    const { metrics, commands, silenceMs } = driver.describe(settings);
    t.strictSame(checkMetrics(metrics), metrics);
    t.strictSame(Object.keys(checkCommands(commands)), Object.keys(commands));
    t.ok(silenceMs > 0);
  });

  t.test(`${name}: its simulator's bytes make readings of declared metrics`, async (t) => {
    const readings = simulated(driver, settings, 20);
    t.ok(readings.length >= 18, `${readings.length} readings`);
  });

  t.test(`${name}: a simulation can be repeated`, async (t) => {
    t.strictSame(simulated(driver, settings, 20), simulated(driver, settings, 20));
  });

  t.test(`${name}: its sample is a configuration`, async (t) => {
    const file = join(import.meta.dirname, "../../devices", name, "sample.yaml");
    const result = parseConfig([{ file, text: readFileSync(file, "utf8") }], {
      environment: {},
      drivers: drivers.map(([, one]) => one),
      defaults: {
        name: "host",
        stateDirectory: () => "/var/lib/dunlin",
        runtimeDirectory: () => "/run/dunlin",
      },
    });
    t.strictSame(result.ok ? [] : result.faults, []);
    if (!result.ok) return;
    for (const device of result.config.devices) {
      t.equal(device.driver, name);
      t.doesNotThrow(() => driver.describe(device.settings));
    }
  });

  t.test(`${name}: its README names every metric, command and setting`, async (t) => {
    const readme = readFileSync(join(import.meta.dirname, "../../devices", name, "README.md"), "utf8");
    const { metrics, commands } = driver.describe(settings);
    for (const word of [
      ...Object.keys(metrics),
      ...Object.keys(commands),
      ...Object.keys(driver.settings.properties),
    ])
      t.ok(readme.includes(`\`${word}\``), word);
  });
}

/** So many readings of the driver's own simulator; fails on one with a metric that was not declared. */
function simulated(driver: Driver<unknown>, settings: unknown, count: number): unknown[] {
  const known = new Set(Object.keys(driver.describe(settings).metrics));
  return converse(driver, settings, { readings: count }).flatMap((event) => {
    if (event.type === "describe") for (const metric of Object.keys(event.metrics ?? {})) known.add(metric);
    if (event.type !== "reading") return [];
    for (const metric of Object.keys(event.values))
      if (!known.has(metric)) t.fail(`${driver.name}: ${metric} is not declared`);
    return [event.values];
  });
}
