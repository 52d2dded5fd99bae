import t from "tap";
import { rplidar } from "../../../devices/rplidar/driver.ts";
import { nodeAt } from "../../../devices/rplidar/points.ts";
import { COMMANDS, descriptorAt, expressRequest, writeRequest } from "../../../devices/rplidar/protocol.ts";
import { AnswerScanner } from "../../../devices/rplidar/scanner.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Published {
  readonly name: string;
  readonly hex: string;
}

interface Wanted {
  readonly start: boolean;
  readonly quality: number;
  readonly angle_deg: number;
  readonly distance_mm: number | null;
}

/** What this driver writes, by the recording's names; those that it never sends are told by their number. */
const REQUESTS: Readonly<Record<string, Buffer>> = {
  stop: writeRequest(COMMANDS.stop),
  reset: writeRequest(COMMANDS.reset),
  scan: writeRequest(COMMANDS.scan),
  "force scan": writeRequest(0x21),
  "get info": writeRequest(COMMANDS.info),
  "get health": writeRequest(COMMANDS.health),
  "get samplerate": writeRequest(0x59),
  "express scan": expressRequest(0),
};

const KINDS: Readonly<Record<string, string>> = {
  scan: "nodes",
  health: "health",
  info: "info",
  express: "capsules",
  extended: "stream",
};

function nodesOf(capture: Capture): readonly object[] {
  return new AnswerScanner().push(wireOf(capture)).flatMap((item) => {
    const node = item.type === "answer" && item.kind === "nodes" ? nodeAt(item.bytes, 0) : undefined;
    if (!node) return [];
    const { isStart, quality, angle, distance } = node;
    return [{ start: isStart, quality, angle_deg: angle, distance_mm: distance > 0 ? distance : null }];
  });
}

/** What the revolutions between the starts are in readings. */
function summed(nodes: readonly Wanted[]): readonly object[] {
  const starts = nodes.flatMap(({ start }, i) => (start ? [i] : []));
  return starts.slice(0, -1).map((from, i) => {
    const turn = nodes.slice(from, starts[i + 1]);
    const distances = turn.flatMap(({ distance_mm: mm }) => (mm === null ? [] : [mm / 1_000]));
    return {
      points: turn.length,
      valid_points: distances.length,
      nearest: distances.length > 0 ? Math.min(...distances) : null,
      farthest: distances.length > 0 ? Math.max(...distances) : null,
    };
  });
}

for (const capture of capturesOf("rplidar"))
  t.test(`rplidar ${capture.name}`, async (t) => {
    const {
      commands = [],
      descriptors = {},
      nodes,
    } = capture.expected as {
      readonly commands?: readonly Published[];
      readonly descriptors?: Readonly<Record<string, string>>;
      readonly nodes?: readonly Wanted[];
    };
    for (const { name, hex } of commands) t.equal(REQUESTS[name]?.toString("hex"), hex, name);
    for (const [name, hex] of Object.entries(descriptors))
      t.equal(descriptorAt(Buffer.from(hex, "hex"), 0)?.kind, KINDS[name], name);
    if (!nodes) return;
    t.same(nodesOf(capture), nodes);
    const readings = rplidar
      .open(settingsOf(rplidar))
      .push(wireOf(capture))
      .flatMap((event) => (event.type === "reading" ? [event.values] : []));
    const wanted = summed(nodes);
    t.equal(readings.length, wanted.length);
    t.match(readings, wanted);
  });
