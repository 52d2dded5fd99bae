import type { Target } from "../target.ts";
import { ASKED_TARGETS } from "./asked.ts";
import { DISK_TARGETS } from "./disk.ts";
import { DRIVER_TARGETS } from "./drivers.ts";
import { FLEET_TARGETS } from "./fleet.ts";
import { INSIDE_TARGETS } from "./inside.ts";
import { LINK_TARGETS } from "./link.ts";
import { MESSAGE_TARGETS } from "./message.ts";
import { REPLAY_TARGETS } from "./replay.ts";
import { STREAM_TARGETS } from "./stream.ts";
import { TEXT_TARGETS } from "./text.ts";

/** Every decoder that faces a wire, a file or a person. */
export const TARGETS: readonly Target[] = [
  ...STREAM_TARGETS,
  ...LINK_TARGETS,
  ...DRIVER_TARGETS,
  ...MESSAGE_TARGETS,
  ...ASKED_TARGETS,
  ...FLEET_TARGETS,
  ...INSIDE_TARGETS,
  ...TEXT_TARGETS,
  ...DISK_TARGETS,
  ...REPLAY_TARGETS,
];
