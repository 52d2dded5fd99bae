import type { NamedMetric } from "./electricity.table.ts";

const number = (name: string, unit: string, description: string): NamedMetric => ({
  name,
  metric: { type: "number", unit, description },
});
const text = (name: string, description: string): NamedMetric => ({
  name,
  metric: { type: "text", description },
});

/**
 * Heat meters by the two-part codes of Siemens and Landis+Gyr. The unit is that of the usual model; a meter set to another
 * says so in its read-out. Ultraheat 2WR5 and T550 (UH50) technical description, optical interface.
 */
export const HEAT: ReadonlyMap<string, NamedMetric> = new Map([
  ["6.8", number("heat_energy", "MW.h", "heat, cumulated")],
  ["6.26", number("volume", "m3", "of the heat carrier, cumulated")],
  ["6.6", number("power_max", "kW", "highest mean power of the year")],
  ["6.33", number("flow_max", "m3/h", "highest mean flow of the year")],
  ["6.31", number("operating_hours", "h", "of the meter")],
  ["6.32", number("fault_hours", "h", "in which the meter could not count")],
  ["6.35", number("measuring_period", "min", "over which the means are taken")],
  ["9.4", text("temperatures_max", "highest of flow and return, as the meter writes them")],
  ["9.20", text("serial_number", "of the meter")],
  ["9.21", text("property_number", "the owner's number of the meter")],
  ["9.24", number("flow_nominal", "m3/h", "nominal flow of the meter")],
  ["9.36", text("meter_time", "date and time of the meter")],
]);

/** What every kind of meter has. IEC 62056-61, abstract objects. */
export const GENERAL: ReadonlyMap<string, NamedMetric> = new Map([
  ["F", text("error", "error code of the meter, zeros if there is none")],
  ["F.F", text("error", "error code of the meter, zeros if there is none")],
  ["F.F.0", text("error", "error code of the meter, zeros if there is none")],
  ["0.0.0", text("serial_number", "of the meter")],
  ["0.9.1", text("clock_time", "of the meter, as it writes it")],
  ["0.9.2", text("clock_date", "of the meter, as it writes it")],
]);
