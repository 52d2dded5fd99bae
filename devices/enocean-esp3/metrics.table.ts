import type { Metric } from "../../src/message/index.ts";

const number = (unit: string, description: string): Metric => ({ type: "number", unit, description });
const integer = (description: string): Metric => ({ type: "integer", description });
const text = (description: string): Metric => ({ type: "text", description });
const flag = (description: string): Metric => ({ type: "boolean", description });

/** What every telegram has. */
export const TELEGRAM_METRICS = {
  sender: text("id of the sender, as printed on it"),
  rorg: text("kind of telegram, hex: F6, D5, A5, D2, D4 and others"),
  payload: text("hex"),
  status: integer("status byte as sent"),
  repeater: integer("how many repeaters it came through; 15: it must not be repeated"),
  signal_strength: { type: "integer", unit: "dBm", description: "of the strongest subtelegram" },
  subtelegrams: integer("subtelegrams that were received"),
  destination: text("id of the receiver; FF:FF:FF:FF is everybody"),
  security: integer("0: not encrypted"),
  profile: text("equipment profile that the values were decoded by"),
  learn: flag("the sender wants to be learnt; there are no values"),
  learn_profile: text("equipment profile that a sender tells when it wants to be learnt"),
  manufacturer: integer("number of its manufacturer, told with the profile"),
} as const satisfies Readonly<Record<string, Metric>>;

/** What profiles decode. */
export const VALUE_METRICS = {
  contact_closed: flag("a window, a door or another contact is closed"),
  pressed: flag("a button is pressed"),
  button: text("AI, AO, BI or BO: upper and lower half of rocker A and B; null when released"),
  second_button: text("pressed together with the first"),
  window: text("closed, tilted or open, by the handle"),
  card: flag("a key card is in its holder"),
  water: flag("water was detected"),
  temperature: number("Cel", "at the sender"),
  humidity: number("%", "relative, at the sender"),
  illuminance: number("lx", "at the sender"),
  supply_voltage: number("V", "of the sender's battery or storage"),
  motion: flag("somebody moves"),
  occupancy_button: flag("the button for presence is pressed"),
  co2: number("[ppm]", "carbon dioxide"),
  pressure: number("hPa", "of the air"),
  setpoint: integer("position of the adjusting knob, 0 to 255"),
  fan: integer("position of the fan's switch, 0 to 255"),
  valve: number("%", "opening of a valve"),
  channel: integer("channel of a meter or an actuator"),
  tariff: integer("tariff of a meter"),
  output: number("%", "of an actuator; 100 is on"),
  energy: number("kW.h", "counted by a meter"),
  power: number("W", "at this moment"),
  volume: number("m3", "counted by a meter"),
  flow: number("L/s", "at this moment"),
  count: number("1", "counted by a counter"),
  rate: number("/s", "of a counter, at this moment"),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof VALUE_METRICS;
