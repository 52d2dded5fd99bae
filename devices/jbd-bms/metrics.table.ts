import type { Metric, Metrics } from "../../src/message/index.ts";

/** What every BMS of the family measures; cells and thermometers are told when it is known how many there are. */
export const METRICS: Metrics = {
  voltage: { type: "number", unit: "V", description: "of the whole pack" },
  current: { type: "number", unit: "A", description: "into the pack positive, out of it negative" },
  remaining_capacity: { type: "number", unit: "A.h", description: "charge left" },
  nominal_capacity: { type: "number", unit: "A.h", description: "charge of a full pack by its setting" },
  full_capacity: {
    type: "number",
    unit: "A.h",
    description: "charge of a full pack as learnt; only newer BMSs tell it",
  },
  state_of_charge: { type: "integer", unit: "%", description: "charge left" },
  cycles: { type: "integer", description: "times that the pack has been discharged" },
  production_date: { type: "text", description: "of the BMS, ISO 8601" },
  version: { type: "text", description: "of the BMS's firmware" },
  model: { type: "text", description: "name of the BMS" },
  cells: { type: "integer", description: "cells in series" },
  temperature_sensors: { type: "integer", description: "thermometers" },
  charge_mosfet: { type: "boolean", description: "charging is let through" },
  discharge_mosfet: { type: "boolean", description: "discharging is let through" },
  balancing: { type: "boolean", description: "some cell is being balanced" },
  balance_bits: { type: "integer", description: "cells that are being balanced; bit 0 is cell 1" },
  protections: { type: "text", description: "protections that have tripped, with commas; empty if none" },
  protection_bits: { type: "integer", description: "protections that have tripped, as the BMS sends them" },
};

export function cellMetrics(cells: number): Metrics {
  return numbered("cell_voltage", cells, { type: "number", unit: "V", description: "of one cell" });
}

export function temperatureMetrics(sensors: number): Metrics {
  return numbered("temperature", sensors, { type: "number", unit: "Cel", description: "at one thermometer" });
}

function numbered(name: string, count: number, metric: Metric): Metrics {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}_${index + 1}`, metric]));
}
