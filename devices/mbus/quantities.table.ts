/** What a VIF stands for: `value = content × 10^exponent × factor`, in `unit`. */
export interface Quantity {
  readonly name: string;
  readonly unit?: string;
  readonly exponent?: number;
  /** Seconds of a minute, an hour, a day. */
  readonly factor?: number;
  /** `bits`: an integer without a sign; `date`: coded as one. */
  readonly kind?: "bits" | "date";
}

/** Codes from `first` on are the same quantity; the exponent rises by one from code to code. */
interface Series {
  readonly first: number;
  readonly last: number;
  readonly quantity: Quantity;
}

const series = (first: number, last: number, quantity: Quantity): Series => ({ first, last, quantity });
const powers = (first: number, last: number, name: string, unit: string, exponent: number): Series =>
  series(first, last, { name, unit, exponent });
const one = (code: number, name: string, more: Omit<Quantity, "name"> = {}): Series =>
  series(code, code, { name, ...more });

/** UCUM: seconds; months and years have no fixed length. */
const SECONDS = { s: 1, min: 60, h: 3_600, d: 86_400 } as const;
const durations = (first: number, name: string, units: readonly (keyof typeof SECONDS)[]): Series[] =>
  units.map((unit, index) => one(first + index, name, { unit: "s", factor: SECONDS[unit] }));
const ALL_UNITS = ["s", "min", "h", "d"] as const;

/** Primary VIF. M-Bus documentation 4.8, 8.4.3; EN 13757-3. */
const PRIMARY: readonly Series[] = [
  powers(0x00, 0x07, "energy", "Wh", -3),
  powers(0x08, 0x0f, "energy_joule", "J", 0),
  powers(0x10, 0x17, "volume", "m3", -6),
  powers(0x18, 0x1f, "mass", "kg", -3),
  ...durations(0x20, "on_time", ALL_UNITS),
  ...durations(0x24, "operating_time", ALL_UNITS),
  powers(0x28, 0x2f, "power", "W", -3),
  powers(0x30, 0x37, "power_joule", "J/h", 0),
  powers(0x38, 0x3f, "volume_flow", "m3/h", -6),
  powers(0x40, 0x47, "volume_flow_minute", "m3/min", -7),
  powers(0x48, 0x4f, "volume_flow_second", "m3/s", -9),
  powers(0x50, 0x57, "mass_flow", "kg/h", -3),
  powers(0x58, 0x5b, "flow_temperature", "Cel", -3),
  powers(0x5c, 0x5f, "return_temperature", "Cel", -3),
  powers(0x60, 0x63, "temperature_difference", "K", -3),
  powers(0x64, 0x67, "external_temperature", "Cel", -3),
  powers(0x68, 0x6b, "pressure", "bar", -3),
  one(0x6c, "date", { kind: "date" }),
  one(0x6d, "date_time", { kind: "date" }),
  one(0x6e, "heat_cost"),
  ...durations(0x70, "averaging_duration", ALL_UNITS),
  ...durations(0x74, "actuality_duration", ALL_UNITS),
  one(0x78, "fabrication_number"),
  one(0x79, "enhanced_identification"),
  one(0x7a, "bus_address", { kind: "bits" }),
];

/** After FB. M-Bus documentation 4.8, 8.4.4 b; the reactive and apparent ones: EN 13757-3. */
const EXTENSION_FB: readonly Series[] = [
  powers(0x00, 0x01, "energy", "Wh", 5),
  powers(0x02, 0x03, "reactive_energy", "var.h", 3),
  powers(0x04, 0x05, "apparent_energy", "VA.h", 3),
  powers(0x08, 0x09, "energy_joule", "J", 8),
  powers(0x0c, 0x0f, "energy_calorie", "cal", 5),
  powers(0x10, 0x11, "volume", "m3", 2),
  powers(0x14, 0x17, "reactive_power", "var", 0),
  powers(0x18, 0x19, "mass", "kg", 5),
  powers(0x1a, 0x1b, "relative_humidity", "%", -1),
  one(0x20, "volume_feet", { unit: "[cft_i]" }),
  one(0x21, "volume_feet", { unit: "[cft_i]", exponent: -1 }),
  one(0x22, "volume_gallon", { unit: "[gal_us]", exponent: -1 }),
  one(0x23, "volume_gallon", { unit: "[gal_us]" }),
  one(0x24, "volume_flow_gallon", { unit: "[gal_us]/min", exponent: -3 }),
  one(0x25, "volume_flow_gallon", { unit: "[gal_us]/min" }),
  one(0x26, "volume_flow_gallon_hour", { unit: "[gal_us]/h" }),
  powers(0x28, 0x29, "power", "W", 5),
  one(0x2a, "phase_voltage_angle", { unit: "deg", exponent: -1 }),
  one(0x2b, "phase_current_angle", { unit: "deg", exponent: -1 }),
  powers(0x2c, 0x2f, "frequency", "Hz", -3),
  powers(0x30, 0x31, "power_joule", "J/h", 8),
  powers(0x34, 0x37, "apparent_power", "VA", 0),
  powers(0x58, 0x5b, "flow_temperature_fahrenheit", "[degF]", -3),
  powers(0x5c, 0x5f, "return_temperature_fahrenheit", "[degF]", -3),
  powers(0x60, 0x63, "temperature_difference_fahrenheit", "[degF]", -3),
  powers(0x64, 0x67, "external_temperature_fahrenheit", "[degF]", -3),
  powers(0x70, 0x73, "temperature_limit_fahrenheit", "[degF]", -3),
  powers(0x74, 0x77, "temperature_limit", "Cel", -3),
  powers(0x78, 0x7f, "power_maximum_count", "W", -3),
];

/** After FD. M-Bus documentation 4.8, 8.4.4 a; EN 13757-3. */
const EXTENSION_FD: readonly Series[] = [
  series(0x00, 0x03, { name: "credit", exponent: -3 }),
  series(0x04, 0x07, { name: "debit", exponent: -3 }),
  one(0x08, "access_number", { kind: "bits" }),
  one(0x09, "medium_code", { kind: "bits" }),
  one(0x0a, "manufacturer_code", { kind: "bits" }),
  one(0x0b, "parameter_set"),
  one(0x0c, "model_version"),
  one(0x0d, "hardware_version"),
  one(0x0e, "firmware_version"),
  one(0x0f, "software_version"),
  one(0x10, "customer_location"),
  one(0x11, "customer"),
  one(0x12, "access_code_user"),
  one(0x13, "access_code_operator"),
  one(0x14, "access_code_system_operator"),
  one(0x15, "access_code_developer"),
  one(0x16, "password"),
  one(0x17, "error_flags", { kind: "bits" }),
  one(0x18, "error_mask", { kind: "bits" }),
  one(0x1a, "digital_output", { kind: "bits" }),
  one(0x1b, "digital_input", { kind: "bits" }),
  one(0x1c, "baud_rate", { unit: "Bd" }),
  one(0x1d, "response_delay"),
  one(0x1e, "retries"),
  one(0x1f, "remote_control", { kind: "bits" }),
  one(0x20, "first_storage_number"),
  one(0x21, "last_storage_number"),
  one(0x22, "storage_block_size"),
  ...durations(0x24, "storage_interval", ALL_UNITS),
  one(0x28, "storage_interval_months", { unit: "mo" }),
  one(0x29, "storage_interval_years", { unit: "a" }),
  ...durations(0x2c, "time_since_readout", ALL_UNITS),
  one(0x30, "tariff_start", { kind: "date" }),
  ...durations(0x31, "tariff_duration", ["min", "h", "d"]),
  ...durations(0x34, "tariff_period", ALL_UNITS),
  one(0x38, "tariff_period_months", { unit: "mo" }),
  one(0x39, "tariff_period_years", { unit: "a" }),
  one(0x3a, "dimensionless"),
  powers(0x40, 0x4f, "voltage", "V", -9),
  powers(0x50, 0x5f, "current", "A", -12),
  one(0x60, "reset_counter"),
  one(0x61, "cumulation_counter"),
  one(0x62, "control_signal", { kind: "bits" }),
  one(0x63, "day_of_week"),
  one(0x64, "week_number"),
  one(0x65, "day_change"),
  one(0x66, "parameter_activation", { kind: "bits" }),
  one(0x67, "supplier_information", { kind: "bits" }),
  ...durations(0x68, "time_since_cumulation", ["h", "d"]),
  one(0x6a, "time_since_cumulation_months", { unit: "mo" }),
  one(0x6b, "time_since_cumulation_years", { unit: "a" }),
  ...durations(0x6c, "battery_time", ["h", "d"]),
  one(0x6e, "battery_time_months", { unit: "mo" }),
  one(0x6f, "battery_time_years", { unit: "a" }),
  one(0x70, "battery_change", { kind: "date" }),
  one(0x71, "signal_strength", { unit: "dB[mW]" }),
  one(0x74, "battery_remaining", { unit: "d" }),
];

const byCode = (table: readonly Series[]): ReadonlyMap<number, Quantity> =>
  new Map(
    table.flatMap(({ first, last, quantity }) =>
      Array.from({ length: last - first + 1 }, (_, index): [number, Quantity] => [
        first + index,
        first === last ? quantity : { ...quantity, exponent: (quantity.exponent ?? 0) + index },
      ]),
    ),
  );

/** By the VIF, or by the first VIFE after FB and FD, without their top bit. */
export const QUANTITIES = {
  primary: byCode(PRIMARY),
  fb: byCode(EXTENSION_FB),
  fd: byCode(EXTENSION_FD),
} as const;
