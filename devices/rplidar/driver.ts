import * as Type from "typebox";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { CommandDescription, CommandDescriptions } from "../../src/message/index.ts";
import { Lidar, type JobName, type LidarSettings } from "./lidar.ts";
import { Revolution } from "./revolution.ts";
import { AnswerScanner, type AnswerItem } from "./scanner.ts";
import { LidarSimulator } from "./simulator.ts";
import { metricsOf } from "./summary.ts";

export interface RplidarSettings extends LidarSettings {
  readonly sectorWidth: number;
}

/** Degrees that make a whole number of sectors, and no more metrics than a device may have. */
const SECTOR_WIDTHS = [2, 5, 10, 15, 30, 45, 90, 180];

const command = (description: string): CommandDescription => ({
  description,
  arguments: {},
  idempotent: true,
  cancellable: true,
  timeoutMs: 20_000,
});

const COMMANDS: CommandDescriptions = {
  start: command("turn and measure again after stop"),
  stop: command("stop measuring, and the motor where it can be"),
  info: command("ask for model, firmware, hardware and serial number; the scan pauses"),
  health: command("ask whether the lidar is well; the scan pauses"),
  reset: command(
    "restart the lidar, which mends a protection stop; it tells its health then, and the scan goes on",
  ),
};

/** Slamtec's turning lidars. One revolution, one reading. */
export const rplidar: Driver<RplidarSettings> = {
  name: "rplidar",
  title: "Slamtec RPLIDAR A, C and S series",
  settings: Type.Object({
    scan: Type.Enum(["express", "standard"], {
      description:
        "express has checksums and more points; where the lidar does not answer it, and with standard, every point comes by itself",
      default: "express",
    }),
    workingMode: Type.Integer({
      description: "the lidar's own number of the express mode; 0 is the one that all have",
      minimum: 0,
      maximum: 255,
      default: 0,
    }),
    motorPwm: Type.Integer({
      description: "how fast the motor of an A2 or A3 turns, 660 as Slamtec has it; 0: it is not told",
      minimum: 0,
      maximum: 1023,
      default: 0,
    }),
    sectorWidth: Type.Enum(SECTOR_WIDTHS, {
      description: "degrees; of each sector of the circle the nearest distance is told",
      default: 10,
    }),
  }),
  // A1, and A2M8. Others are faster.
  line: { ...LINE_8N1, baudRate: 115_200 },
  describe: ({ sectorWidth }) => ({
    metrics: metricsOf(sectorWidth),
    commands: COMMANDS,
    silenceMs: 10_000,
  }),
  open: (settings) => new RplidarSession(settings),
  simulate: (_, random) => new LidarSimulator(random),
};

class RplidarSession implements Session {
  readonly #scanner = new AnswerScanner();
  readonly #revolution: Revolution;
  readonly #lidar: Lidar;
  /** Whether what is missing shows by itself: capsules tell where they begin. */
  #isSelfChecking = true;

  constructor(settings: RplidarSettings) {
    this.#revolution = new Revolution(settings.sectorWidth);
    this.#lidar = new Lidar(settings);
  }

  start(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#lidar.add({ name: "start" }, events);
    return events;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#scanner.push(chunk)) this.#take(item, events);
    return events;
  }

  run({ id, name }: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#lidar.add({ name: name as JobName, call: id }, events);
    return events;
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#lidar.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    if (this.#lidar.isStopping) {
      // What came until now was of the scan before, or of a boot.
      this.#scanner.reset();
      this.#revolution.interrupt();
    }
    this.#lidar.wake(events);
    return events;
  }

  #take(item: AnswerItem, events: DriverEvent[]): void {
    if (item.type === "discard") {
      if (!this.#isSelfChecking) this.#revolution.interrupt();
      events.push(item);
    } else if (item.type === "begin") {
      this.#isSelfChecking = item.descriptor.kind !== "nodes";
      this.#revolution.interrupt();
    } else if (this.#lidar.answer(item.kind, item.bytes, events)) {
      for (const values of this.#revolution.add(item.kind, item.bytes))
        events.push({ type: "reading", values });
    } else events.push({ type: "discard", bytes: item.bytes.length, reason: "unsupported" });
  }
}
