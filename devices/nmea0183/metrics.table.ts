import type { Metrics } from "../../src/message/index.ts";

/** Everything that a sentence may give; units are UCUM. */
export const METRICS = {
  sentence: {
    type: "text",
    description: "talker and type of the sentence that this reading comes from, as GNRMC",
  },
  valid: {
    type: "boolean",
    description: "the device calls these values good; false: no fix, position and motion are null",
  },
  latitude: { type: "number", unit: "deg", description: "north positive" },
  longitude: { type: "number", unit: "deg", description: "east positive" },
  altitude: { type: "number", unit: "m", description: "above mean sea level" },
  geoid_separation: { type: "number", unit: "m", description: "mean sea level above the ellipsoid" },
  speed: { type: "number", unit: "m/s", description: "over ground" },
  course: { type: "number", unit: "deg", description: "over ground, from true north" },
  course_magnetic: { type: "number", unit: "deg", description: "over ground, from magnetic north" },
  utc: { type: "text", description: "date and time of the fix, ISO 8601" },
  utc_time: {
    type: "text",
    description: "time of day of the fix, hh:mm:ss.ss, where the sentence has no date",
  },
  quality: {
    type: "integer",
    description: "0 none, 1 GPS, 2 differential, 4 RTK, 5 RTK float, 6 dead reckoning",
  },
  satellites: { type: "integer", description: "used for the fix" },
  satellites_in_view: { type: "integer", description: "of the talker's own system" },
  fix_type: { type: "integer", description: "1 none, 2 two-dimensional, 3 three-dimensional" },
  pdop: { type: "number", description: "dilution of precision of the position" },
  hdop: { type: "number", description: "dilution of precision, horizontal" },
  vdop: { type: "number", description: "dilution of precision, vertical" },
  dgps_age: { type: "number", unit: "s", description: "age of the differential corrections" },
  heading: { type: "number", unit: "deg", description: "of the bow, from true north" },
  heading_magnetic: { type: "number", unit: "deg", description: "of the bow, from magnetic north" },
  magnetic_variation: {
    type: "number",
    unit: "deg",
    description: "magnetic north from true north, east positive",
  },
  magnetic_deviation: { type: "number", unit: "deg", description: "error of the compass, east positive" },
  rate_of_turn: { type: "number", unit: "deg/min", description: "to starboard positive" },
  depth: { type: "number", unit: "m", description: "of the water below the transducer" },
  depth_offset: {
    type: "number",
    unit: "m",
    description: "from the transducer to the surface if positive, to the keel if negative",
  },
  water_temperature: { type: "number", unit: "Cel" },
  water_speed: { type: "number", unit: "m/s", description: "through the water" },
  wind_angle: { type: "number", unit: "deg", description: "relative to the bow, as felt on board" },
  wind_speed: { type: "number", unit: "m/s", description: "as felt on board" },
  wind_angle_true: {
    type: "number",
    unit: "deg",
    description: "relative to the bow, the ship's own motion taken off",
  },
  wind_speed_true: { type: "number", unit: "m/s", description: "the ship's own motion taken off" },
} as const satisfies Metrics;
