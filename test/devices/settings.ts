import { parseConfig } from "../../src/config/index.ts";
import type { AnyDriver, Driver } from "../../src/device/index.ts";

/** A driver's settings as the configuration gives them to it: these, and the defaults. @throws if they do not fit its schema */
export function settingsOf<Settings>(driver: Driver<Settings>, given: object = {}): Settings {
  // JSON is YAML.
  const text = JSON.stringify({ devices: { one: { driver: driver.name, port: "sim://", settings: given } } });
  const result = parseConfig([{ file: "settings", text }], {
    environment: {},
    drivers: [driver as unknown as AnyDriver],
    defaults: {
      name: "host",
      stateDirectory: () => "/var/lib/dunlin",
      runtimeDirectory: () => "/run/dunlin",
    },
  });
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join("\n"));
  return result.config.devices[0]?.settings as Settings;
}
