import type { Metric } from "../../src/message/index.ts";

const number = (unit: string, description: string): Metric => ({ type: "number", unit, description });
const integer = (description: string): Metric => ({ type: "integer", description });
const text = (description: string): Metric => ({ type: "text", description });
const flag = (description: string): Metric => ({ type: "boolean", description });

/** What every packet has. */
export const PACKET_METRICS = {
  kind: text("kind of packet: temperature_humidity, lighting2 and others"),
  model: text("which make of that kind, by the packet's subtype"),
  sequence: integer("the transceiver's count of packets, 0 to 255"),
  payload: text("what follows the count, hex"),
} as const satisfies Readonly<Record<string, Metric>>;

/** What the kinds decode. */
export const VALUE_METRICS = {
  sender: text("id of the sender, hex, or its house code"),
  rssi: integer("how strong the signal was, 0 to 15"),
  battery_level: integer("0 low to 9 full; some senders know only these two"),
  house: text("house or group code, a letter"),
  unit: integer("unit, button or channel"),
  command: text("what a remote control says; null if the number is not known"),
  command_number: integer("the same as it was sent"),
  level: integer("of a dimmer, as it was sent: 0 to 15, 0 to 31 or percent"),
  sound: integer("melody of a door bell"),
  code: text("24 bits of a PT2262 or similar, hex"),
  pulse_width: number("us", "of that code"),
  color: text("red, green and blue, hex"),
  repeat: integer("which repetition it is"),
  status: text("what an alarm or heating device says; null if the number is not known"),
  status_number: integer("the same as it was sent"),
  tamper: flag("the sender is being opened"),
  alert: integer("kind of ring, 0 to 3"),
  temperature: number("Cel", "at the sender"),
  temperature_2: number("Cel", "of the second probe"),
  setpoint: number("Cel", "temperature that a thermostat is set to"),
  cooling: flag("a thermostat cools rather than heats"),
  humidity: number("%", "relative, at the sender"),
  humidity_status: text("normal, comfort, dry or wet"),
  pressure: number("hPa", "of the air"),
  forecast: text("none, sunny, partly_cloudy, cloudy or rain; null if the number is not known"),
  rain_rate: number("mm/h", "at this moment"),
  rain_total: number("mm", "since the sender's battery was put in"),
  rain_counter: number("mm", "of a counter that begins anew after 4 mm or more"),
  wind_direction: number("deg", "where it comes from"),
  wind_speed: number("m/s", "mean"),
  wind_gust: number("m/s", "gust"),
  wind_chill: number("Cel", "as the air feels"),
  uv_index: number("1", "ultraviolet index"),
  irradiance: number("W/m2", "of the sun"),
  lightning_distance: number("km", "of the last stroke"),
  lightning_count: integer("strokes"),
  clock: text("time that a radio clock tells, without its zone"),
  count: integer("of a pulse counter, or of an energy sensor's packets"),
  count_2: integer("of the second pulse counter"),
  current: number("A", "first phase"),
  current_2: number("A", "second phase"),
  current_3: number("A", "third phase"),
  voltage: number("V", "of the mains"),
  supply_voltage: number("V", "of the sender's battery"),
  power: number("W", "at this moment"),
  apparent_power: number("V.A", "at this moment"),
  power_factor: number("1", "at this moment"),
  frequency: number("Hz", "of the mains"),
  energy: number("W.h", "counted"),
  energy_2: number("W.h", "counted by the second register, or produced"),
  meter: text("number of an electricity meter"),
  contract: text("of an electricity meter: base, off_peak, ejp or tempo"),
  tariff: integer("register that counts now"),
  color_today: text("tariff of the day: blue, white or red"),
  color_tomorrow: text("tariff of the next day: blue, white or red"),
  weight: number("kg", "on a scale"),
  depth: number("cm", "measured by a level sensor"),
  raw_value: integer("of an RFXSensor: analogue input or supply voltage, as it was sent"),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof VALUE_METRICS;
