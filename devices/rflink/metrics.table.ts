import type { Metric } from "../../src/message/index.ts";

const number = (unit: string, description: string): Metric => ({ type: "number", unit, description });
const integer = (description: string): Metric => ({ type: "integer", description });
const text = (description: string): Metric => ({ type: "text", description });
const flag = (description: string): Metric => ({ type: "boolean", description });

export const METRICS = {
  protocol: text("of the sender, as the gateway calls it: NewKaku, Cresta, Oregon BTHR"),
  sender: text("id, hex, as it was sent"),
  sequence: integer("the gateway's count of lines, 0 to 255"),
  payload: text("all that the line says of the sender"),
  switch: text("unit or button, as it was sent"),
  command: text("what a remote control says: ON, OFF, ALLON, UP, SET_LEVEL"),
  level: integer("of a dimmer, 0 to 15"),
  color: text("color and brightness of a MiLight lamp, hex"),
  chime: text("melody of a door bell"),
  battery_low: flag("the sender's battery is nearly empty"),
  motion: flag("somebody moves"),
  smoke: flag("smoke was detected"),
  temperature: number("Cel", "at the sender"),
  humidity: number("%", "relative, at the sender"),
  humidity_status: text("normal, comfort, dry or wet"),
  pressure: number("hPa", "of the air"),
  forecast: text("none, sunny, partly_cloudy, cloudy or rain"),
  rain_total: number("mm", "counted by the sender"),
  rain_day: number("mm", "in 24 hours"),
  rain_rate: number("mm/h", "at this moment"),
  wind_speed: number("m/s", "at this moment"),
  wind_speed_average: number("m/s", "mean"),
  wind_gust: number("m/s", "gust"),
  wind_direction: number("deg", "where it comes from; null if it is none of 16 directions"),
  wind_chill: number("Cel", "as the air feels"),
  wind_temperature: number("Cel", "at the wind meter"),
  uv: integer("ultraviolet, as it was sent; with many senders ten times the index"),
  illuminance: number("lx", "light"),
  co2: number("[ppm]", "carbon dioxide"),
  sound: integer("noise level, as it was sent"),
  power: number("W", "at this moment"),
  kilowatts: number("kW", "KWATT, as it was sent"),
  voltage: number("V", "of the mains"),
  current: number("A", "first phase"),
  current_2: number("A", "second phase"),
  current_3: number("A", "third phase"),
  distance: number("cm", "measured by the sender"),
  meter: integer("reading of a water, gas or electricity meter, as it was sent"),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
