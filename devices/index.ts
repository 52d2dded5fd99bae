import type { AnyDriver } from "../src/device/index.ts";

/** Every driver by its name in a configuration, loaded only when a device wants it. Adding one is a folder and a line here. */
export const DRIVERS: Readonly<Record<string, () => Promise<AnyDriver>>> = {
  a02yyuw: async () => (await import("./a02yyuw/driver.ts")).a02yyuw,
  "daly-bms": async () => (await import("./daly-bms/driver.ts")).dalyBms,
  "dsmr-p1": async () => (await import("./dsmr-p1/driver.ts")).dsmrP1,
  "enocean-esp3": async () => (await import("./enocean-esp3/driver.ts")).enoceanEsp3,
  "iec62056-21": async () => (await import("./iec62056-21/driver.ts")).iec62056,
  "jbd-bms": async () => (await import("./jbd-bms/driver.ts")).jbdBms,
  "json-lines": async () => (await import("./json-lines/driver.ts")).jsonLines,
  mbus: async () => (await import("./mbus/driver.ts")).mbus,
  mhz19: async () => (await import("./mhz19/driver.ts")).mhz19,
  modbus: async () => (await import("./modbus/driver.ts")).modbus,
  nmea0183: async () => (await import("./nmea0183/driver.ts")).nmea0183,
  pms5003: async () => (await import("./pms5003/driver.ts")).pms5003,
  sds011: async () => (await import("./sds011/driver.ts")).sds011,
  sml: async () => (await import("./sml/driver.ts")).sml,
  sps30: async () => (await import("./sps30/driver.ts")).sps30,
  teleinfo: async () => (await import("./teleinfo/driver.ts")).teleinfo,
  ubx: async () => (await import("./ubx/driver.ts")).ubx,
  vedirect: async () => (await import("./vedirect/driver.ts")).vedirect,
};
