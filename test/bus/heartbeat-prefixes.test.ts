import t from "tap";
import { heartbeatPrefixes } from "../../src/bus/heartbeat-prefixes.ts";

const CASES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["telemetry/pi/"], ["state/pi/"]],
  [["telemetry/pi/gps/"], ["state/pi/"]],
  [["command/pi/0199/"], ["state/pi/"]],
  [["state/pi/gps/"], ["state/pi/"]],
  [
    ["telemetry/pi/", "telemetry/pi/gps/", "telemetry/hub/"],
    ["state/pi/", "state/hub/"],
  ],
  // Covered already.
  [["state/pi/"], []],
  [["state/"], []],
  [[""], []],
  [["telemetry/pi/", "state/pi/"], []],
  // No complete name: `pi` may be `pi-2` too.
  [["telemetry/"], ["state/"]],
  [["telemetry/pi"], ["state/"]],
  [["state/pi"], ["state/"]],
  [["telemetry/pi/", "state/p"], ["state/"]],
  [["telemetry/pi/", "telemetry/"], ["state/"]],
  [["telemetry//"], ["state/"]],
];

t.test("the heartbeats of every agent that the topics name, unless they are among the topics", async (t) => {
  for (const [prefixes, expected] of CASES)
    t.same(heartbeatPrefixes(prefixes), expected, JSON.stringify(prefixes));
});
