/** What a register holds. */
export interface Register {
  readonly name: string;
  readonly size: 1 | 2 | 4;
  readonly signed?: true;
  /** The register's number is so many times the value; a power of ten. Default 1. */
  readonly divisor?: number;
  readonly unit?: string;
}

function register(
  name: string,
  size: 1 | 2 | 4,
  divisor: number,
  unit: string,
  signed: "signed" | "" = "",
): Register {
  return { name, size, divisor, unit, ...(signed ? { signed: true } : {}) };
}

export const MODE_REGISTER = 0x0200;
export const RELAY_REGISTER = 0x034e;
export const LOAD_REGISTER = 0xedab;

/** Registers that are read and written by name and unit. BlueSolar HEX protocol; BMV-7xx HEX protocol; Phoenix inverter HEX protocol. */
export const REGISTERS: Readonly<Record<number, Register>> = {
  [MODE_REGISTER]: { name: "mode", size: 1 },
  0x0201: { name: "state", size: 1 },
  0x0207: { name: "off_reason", size: 4 },
  [RELAY_REGISTER]: { name: "relay", size: 1 },
  0x0ffe: register("time_to_go", 2, 1, "min"),
  0x0fff: register("state_of_charge", 2, 100, "%"),
  0x1000: register("battery_capacity", 2, 1, "A.h"),
  0x2200: register("ac_voltage", 2, 100, "V", "signed"),
  0x2201: register("ac_current", 2, 10, "A", "signed"),
  0xed8c: register("current", 4, 1000, "A", "signed"),
  0xed8d: register("voltage", 2, 100, "V", "signed"),
  0xed8e: register("power", 2, 1, "W", "signed"),
  0xed8f: register("current", 2, 10, "A", "signed"),
  0xeda8: { name: "load_state", size: 1 },
  [LOAD_REGISTER]: { name: "load_control", size: 1 },
  0xedad: register("load_current", 2, 10, "A"),
  0xedbb: register("panel_voltage", 2, 100, "V"),
  0xedbc: register("panel_power", 4, 100, "W"),
  0xedbd: register("panel_current", 2, 10, "A"),
  0xedd2: register("max_power_today", 2, 1, "W"),
  0xedd3: register("yield_today", 2, 100, "kW.h"),
  0xedd5: register("charger_voltage", 2, 100, "V"),
  0xedd7: register("charger_current", 2, 10, "A"),
  0xedda: { name: "error", size: 1 },
  0xeddb: register("charger_temperature", 2, 100, "Cel", "signed"),
  0xedec: register("temperature", 2, 100, "K"),
  0xedf0: register("max_battery_current", 2, 10, "A"),
  0xedf1: { name: "battery_type", size: 1 },
  0xedf6: register("float_voltage", 2, 100, "V"),
  0xedf7: register("absorption_voltage", 2, 100, "V"),
  0xeeff: register("consumed_charge", 4, 10, "A.h", "signed"),
};
