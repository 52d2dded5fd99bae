import type { AnyDriver } from "../src/device/index.ts";

/** Every driver by its name in a configuration, loaded only when a device wants it. Adding one is a folder and a line here. */
export const DRIVERS: Readonly<Record<string, () => Promise<AnyDriver>>> = {
  "json-lines": async () => (await import("./json-lines/driver.ts")).jsonLines,
  modbus: async () => (await import("./modbus/driver.ts")).modbus,
  nmea0183: async () => (await import("./nmea0183/driver.ts")).nmea0183,
  pms5003: async () => (await import("./pms5003/driver.ts")).pms5003,
};
