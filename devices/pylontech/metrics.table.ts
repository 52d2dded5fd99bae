import type { Metric, Metrics } from "../../src/message/index.ts";

/** What every battery tells; cells and thermometers are told of when it is known how many there are. */
export const METRICS: Metrics = {
  voltage: { type: "number", unit: "V", description: "of the battery" },
  current: { type: "number", unit: "A", description: "into the battery positive, out of it negative" },
  remaining_capacity: { type: "number", unit: "A.h", description: "charge left" },
  full_capacity: { type: "number", unit: "A.h", description: "charge of a full battery" },
  state_of_charge: { type: "number", unit: "%", description: "charge left, by the two capacities" },
  cycles: { type: "integer", description: "times that the battery has been discharged" },
  cells: { type: "integer", description: "cells in series" },
  temperature_sensors: { type: "integer", description: "thermometers" },
  alarms: { type: "text", description: "what is beyond its limits, with commas; empty if nothing" },
  protections: { type: "text", description: "protections that have tripped, with commas; empty if none" },
  protection_bits: { type: "integer", description: "the same as the battery sends them" },
  charge_mosfet: { type: "boolean", description: "charging is let through" },
  discharge_mosfet: { type: "boolean", description: "discharging is let through" },
  battery_power: { type: "boolean", description: "the battery feeds its own electronics" },
  charging: { type: "boolean", description: "more than 0.1 A flow in" },
  discharging: { type: "boolean", description: "more than 0.1 A flow out" },
  heater: { type: "boolean", description: "its heater is on" },
  fully_charged: { type: "boolean", description: "it is full" },
  buzzer: { type: "boolean", description: "it buzzes" },
  cell_fault_bits: { type: "integer", description: "cells with a fault; bit 0 is cell 1" },
  charge_voltage_limit: { type: "number", unit: "V", description: "no higher, says the battery" },
  discharge_voltage_limit: { type: "number", unit: "V", description: "no lower, says the battery" },
  charge_current_limit: { type: "number", unit: "A", description: "no more, says the battery" },
  discharge_current_limit: { type: "number", unit: "A", description: "no more, says the battery; negative" },
  charge_allowed: { type: "boolean", description: "the battery lets itself be charged" },
  discharge_allowed: { type: "boolean", description: "the battery lets itself be discharged" },
  charge_wanted: { type: "boolean", description: "the battery must be charged at once" },
  full_charge_wanted: { type: "boolean", description: "the battery must be filled to correct its count" },
  serial_number: { type: "text", description: "of the battery" },
};

export function cellMetrics(cells: number): Metrics {
  return numbered("cell_voltage", cells, { type: "number", unit: "V", description: "of one cell" });
}

/** The first is on the electronics, the others at groups of cells. */
export function temperatureMetrics(sensors: number): Metrics {
  return numbered("temperature", sensors, { type: "number", unit: "Cel", description: "at one thermometer" });
}

function numbered(name: string, count: number, metric: Metric): Metrics {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}_${i + 1}`, metric]));
}
