import type { Value } from "../../src/message/index.ts";
import type { Decode } from "./decode.ts";
import type { Fields } from "./fields.ts";

/** 1 international nautical mile, m. */
const NAUTICAL_MILE = 1852;

/** Autopilot and route sentences. IEC 61162-1, 8.3; NMEA 0183 4.1. Without a route their fields are empty. */
export const WAYPOINT_SENTENCES: Readonly<Record<string, Decode>> = {
  APB: (f) => {
    const valid = f.text(0) === "A" && f.text(1) === "A";
    return {
      sentence: f.address,
      valid,
      cross_track_error: valid ? crossTrackError(f, 2) : null,
      arrived: f.flag(5),
      perpendicular_passed: f.flag(6),
      ...either(f, 7, "bearing_track"),
      waypoint: f.textOrNull(9),
      ...either(f, 10, "bearing"),
      ...either(f, 12, "heading_to_steer"),
    };
  },
  RMB: (f) => {
    const valid = f.text(0) === "A";
    return {
      sentence: f.address,
      valid,
      // Always nautical miles here, without a letter that says so.
      cross_track_error: valid ? crossTrackError(f, 1) : null,
      waypoint_from: f.textOrNull(3),
      waypoint: f.textOrNull(4),
      waypoint_latitude: f.latitude(5),
      waypoint_longitude: f.longitude(7),
      waypoint_distance: valid ? f.scaled(9, NAUTICAL_MILE) : null,
      bearing: valid ? f.number(10) : null,
      closing_speed: valid ? f.knots(11) : null,
      arrived: f.flag(12),
    };
  },
  XTE: (f) => {
    const valid = f.text(0) === "A" && f.text(1) === "A";
    return { sentence: f.address, valid, cross_track_error: valid ? crossTrackError(f, 2) : null };
  },
  BOD: (f) => ({
    sentence: f.address,
    bearing_track: f.number(0),
    bearing_track_magnetic: f.number(2),
    waypoint: f.textOrNull(4),
    waypoint_from: f.textOrNull(5),
  }),
  BWC: (f) => ({
    sentence: f.address,
    utc_time: f.time(0),
    waypoint_latitude: f.latitude(1),
    waypoint_longitude: f.longitude(3),
    bearing: f.number(5),
    bearing_magnetic: f.number(7),
    waypoint_distance: f.scaled(9, NAUTICAL_MILE),
    waypoint: f.textOrNull(11),
  }),
  WPL: (f) => ({
    sentence: f.address,
    waypoint_latitude: f.latitude(0),
    waypoint_longitude: f.longitude(2),
    waypoint: f.textOrNull(4),
  }),
  RTE: (f) => ({
    sentence: f.address,
    route: f.textOrNull(3),
    route_part: f.integer(1),
    route_parts: f.integer(0),
    route_waypoints: f.rest(4).join(" "),
  }),
};

/** A distance and the side to steer to; the ship is on the other one. @returns m, positive if the ship is right of the track */
function crossTrackError(f: Fields, index: number): number | null {
  // An autopilot's unit may be kilometres. APB and XTE, field 5.
  const metres = f.scaled(index, f.text(index + 2) === "K" ? 1_000 : NAUTICAL_MILE);
  return metres !== null && f.text(index + 1) === "R" ? 0 - metres : metres;
}

/** An angle and M for magnetic or T for true. */
function either<Name extends string>(
  f: Fields,
  index: number,
  name: Name,
): { readonly [N in Name | `${Name}_magnetic`]?: Value } {
  const key = f.text(index + 1) === "M" ? (`${name}_magnetic` as const) : name;
  return { [key]: f.number(index) } as { [N in Name | `${Name}_magnetic`]?: Value };
}
