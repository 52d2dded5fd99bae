import type { Metric, Metrics } from "../../src/message/index.ts";

const volts = (description: string): Metric => ({ type: "number", unit: "V", description });
const celsius = (description: string): Metric => ({ type: "integer", unit: "Cel", description });
const count = (description: string): Metric => ({ type: "integer", description });
const flag = (description: string): Metric => ({ type: "boolean", description });

/** What every BMS tells; cells and thermometers are told of when it is known how many there are. */
export const METRICS: Metrics = {
  voltage: volts("of the whole pack"),
  acquisition_voltage: volts("of the pack as the cells' front end measures it; 0 on many"),
  current: { type: "number", unit: "A", description: "sign as the BMS sends it, or turned by invertCurrent" },
  state_of_charge: { type: "number", unit: "%", description: "charge left" },
  highest_cell_voltage: volts("of the cell with the most"),
  highest_cell: count("number of that cell, from 1"),
  lowest_cell_voltage: volts("of the cell with the least"),
  lowest_cell: count("number of that cell, from 1"),
  highest_temperature: celsius("of the warmest thermometer"),
  warmest_sensor: count("number of that thermometer, from 1"),
  lowest_temperature: celsius("of the coldest thermometer"),
  coldest_sensor: count("number of that thermometer, from 1"),
  state: { type: "text", description: "stationary, charging or discharging" },
  charge_mosfet: flag("charging is let through"),
  discharge_mosfet: flag("discharging is let through"),
  life: count("counts on and begins again after 255"),
  remaining_capacity: { type: "number", unit: "A.h", description: "charge left" },
  cells: count("cells in series"),
  temperature_sensors: count("thermometers"),
  charger_connected: flag("a charger is connected"),
  load_connected: flag("a load is connected"),
  io_bits: count("digital inputs from bit 0, outputs from bit 4"),
  cycles: count("charges and discharges so far"),
  balancing: flag("some cell is being balanced"),
  balance_bits: count("cells that are being balanced; bit 0 is cell 1"),
  faults: { type: "text", description: "alarms and faults, with commas; empty if none" },
  fault_bits: { type: "text", description: "the same as the BMS sends them, seven bytes in hex" },
};

export function cellMetrics(cells: number): Metrics {
  return numbered("cell_voltage", cells, volts("of one cell"));
}

export function temperatureMetrics(sensors: number): Metrics {
  return numbered("temperature", sensors, celsius("at one thermometer"));
}

function numbered(name: string, length: number, metric: Metric): Metrics {
  return Object.fromEntries(Array.from({ length }, (_, index) => [`${name}_${index + 1}`, metric]));
}
