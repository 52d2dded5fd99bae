import type { Metric } from "../../src/message/index.ts";

/** How a field's text is read. */
export interface TextField {
  readonly name: string;
  readonly metric: Metric;
  /** The device's number is so many times ours; a power of ten. Default 1. */
  readonly divisor?: number;
}

/** A number; in steps of 1/divisor of the unit. */
function number(name: string, divisor: number, unit: string, description: string): TextField {
  return { name, divisor, metric: { type: divisor === 1 ? "integer" : "number", unit, description } };
}

function count(name: string, description: string): TextField {
  return { name, metric: { type: "integer", description } };
}

function text(name: string, description: string): TextField {
  return { name, metric: { type: "text", description } };
}

/** ON or OFF. */
function truth(name: string, description: string): TextField {
  return { name, metric: { type: "boolean", description } };
}

/** The fields of text blocks by label. VE.Direct Protocol 3.33, "Field descriptions". */
export const FIELDS: Readonly<Record<string, TextField>> = {
  V: number("voltage", 1000, "V", "of the battery, main or first channel"),
  V2: number("voltage_2", 1000, "V", "of the battery, second channel"),
  V3: number("voltage_3", 1000, "V", "of the battery, third channel"),
  VS: number("auxiliary_voltage", 1000, "V", "of the starter battery"),
  VM: number("midpoint_voltage", 1000, "V", "in the middle of the battery bank"),
  DM: number("midpoint_deviation", 10, "%", "of the middle of the battery bank"),
  VPV: number("panel_voltage", 1000, "V", "of the solar panels"),
  PPV: number("panel_power", 1, "W", "of the solar panels"),
  I: number("current", 1000, "A", "into the battery positive, main or first channel"),
  I2: number("current_2", 1000, "A", "second channel"),
  I3: number("current_3", 1000, "A", "third channel"),
  IL: number("load_current", 1000, "A", "of the load output"),
  LOAD: truth("load", "the load output is on"),
  T: number("temperature", 1, "Cel", "of the battery"),
  P: number("power", 1, "W", "into the battery positive"),
  CE: number("consumed_charge", 1000, "A.h", "taken from the battery since it was full, negative"),
  SOC: number("state_of_charge", 10, "%", "of the battery"),
  TTG: number("time_to_go", 1, "min", "until the battery is empty; -1 is never"),
  Alarm: truth("alarm", "an alarm is active"),
  Relay: truth("relay", "the relay is on"),
  AR: count("alarm_reason", "bits: 1 low voltage, 2 high voltage, 4 low state of charge, and so on"),
  OR: count(
    "off_reason",
    "bits: 1 no input power, 2 switched off, 4 by a register, 8 remote input, 16 protection, 32 Paygo, 64 BMS, 128 engine, 256 input voltage",
  ),
  H1: number("deepest_discharge", 1000, "A.h", "ever, negative"),
  H2: number("last_discharge", 1000, "A.h", "depth of the last one, negative"),
  H3: number("average_discharge", 1000, "A.h", "negative"),
  H4: count("charge_cycles", "of the battery"),
  H5: count("full_discharges", "of the battery"),
  H6: number("total_charge_drawn", 1000, "A.h", "since the counters were cleared, negative"),
  H7: number("min_voltage", 1000, "V", "of the battery, ever"),
  H8: number("max_voltage", 1000, "V", "of the battery, ever"),
  H9: number("since_full_charge", 1, "s", "since the battery was full"),
  H10: count("synchronisations", "automatic ones"),
  H11: count("low_voltage_alarms", "of the battery"),
  H12: count("high_voltage_alarms", "of the battery"),
  H13: count("low_auxiliary_voltage_alarms", "of the starter battery"),
  H14: count("high_auxiliary_voltage_alarms", "of the starter battery"),
  H15: number("min_auxiliary_voltage", 1000, "V", "of the starter battery, ever"),
  H16: number("max_auxiliary_voltage", 1000, "V", "of the starter battery, ever"),
  H17: number("discharged_energy", 100, "kW.h", "taken from the battery; as DC meter: produced"),
  H18: number("charged_energy", 100, "kW.h", "put into the battery; as DC meter: consumed"),
  H19: number("yield_total", 100, "kW.h", "since the counter was cleared"),
  H20: number("yield_today", 100, "kW.h", "of the solar panels"),
  H21: number("max_power_today", 1, "W", "of the solar panels"),
  H22: number("yield_yesterday", 100, "kW.h", "of the solar panels"),
  H23: number("max_power_yesterday", 1, "W", "of the solar panels"),
  ERR: count("error", "of the charger, 0 if there is none; see the README"),
  CS: count(
    "state",
    "0 off, 1 low power, 2 fault, 3 bulk, 4 absorption, 5 float, 6 storage, 7 equalise, 9 inverting, 11 power supply, 245 starting, 246 repeated absorption, 247 automatic equalise, 248 battery safe, 252 external control",
  ),
  MPPT: count("tracker", "0 off, 1 limited in voltage or current, 2 at the maximum power point"),
  HSDS: count("day_sequence", "number of the day in the device's history, 0 to 364"),
  MODE: count("mode", "of the inverter: 2 on, 4 off, 5 eco; of a charger: 1 on"),
  AC_OUT_V: number("ac_voltage", 100, "V", "of the inverter's output"),
  AC_OUT_I: number("ac_current", 10, "A", "of the inverter's output"),
  AC_OUT_S: number("ac_apparent_power", 1, "V.A", "of the inverter's output"),
  WARN: count("warning", "of the inverter: the bits of alarm_reason"),
  MON: count(
    "monitor_mode",
    "of a shunt: 0 battery; negative: a source such as -1 solar, -2 wind; positive: a load such as 1 other, 3 fridge",
  ),
  DC_IN_V: number("dc_input_voltage", 100, "V", "of a DC converter"),
  DC_IN_I: number("dc_input_current", 10, "A", "of a DC converter"),
  DC_IN_P: number("dc_input_power", 1, "W", "of a DC converter"),
  PID: text("product", "number of the product, as 0xA042"),
  BMV: text("model", "as the device calls itself"),
  FW: text("firmware", "as the device writes it: 150 is 1.50; a letter before it marks a beta"),
  FWE: text("firmware_24", "as the device writes it, of 24 bits: 0208FF is 2.08, released"),
  "SER#": text("serial", "number of the device"),
};
