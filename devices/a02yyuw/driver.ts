import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { Metrics } from "../../src/message/index.ts";
import { FRAMES, readDistance } from "./protocol.ts";
import { DistanceSimulator } from "./simulator.ts";
import { Witnesses, type Verdict } from "./witnesses.ts";

const METRICS: Metrics = {
  distance: {
    type: "integer",
    unit: "mm",
    description: "to what reflects the sound first; null if there is nothing within reach, or it is too near",
  },
};

/** Ultrasonic distance sensors that send by themselves: A02YYUW, A01NYUB, ME007YS, JSN-SR04T and AJ-SR04M in their serial mode. */
export const a02yyuw: Driver<object> = {
  name: "a02yyuw",
  title: "Ultrasonic distance sensors (A02YYUW and its family)",
  settings: Type.Object({}),
  line: { ...LINE_8N1, baudRate: 9600 },
  // The slowest of them send every 300 ms.
  describe: () => ({ metrics: METRICS, commands: {}, silenceMs: 5_000 }),
  open: () => new DistanceSession(),
  simulate: (_, random) => new DistanceSimulator(random),
};

/** Frames are at least 100 ms apart, and their bytes 1 ms; an adapter may hand them over 16 ms late. */
const SILENCE_MS = 50;
const FRAME_BYTES = 4;

class DistanceSession implements Session {
  readonly #frames = new FrameScanner(FRAMES);
  readonly #witnesses = new Witnesses();

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "frame") {
        tell(this.#witnesses.frame(readDistance(item.bytes)), events);
        if (this.#witnesses.isWaiting) events.push({ type: "wake", afterMs: SILENCE_MS });
      } else {
        tell(this.#witnesses.other(), events);
        events.push(item);
      }
    }
    return events;
  }

  /** If another frame has begun, the line is not silent. */
  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    if (this.#frames.pending === 0) tell(this.#witnesses.silence(), events);
    return events;
  }
}

function tell(verdicts: readonly Verdict[], events: DriverEvent[]): void {
  for (const verdict of verdicts)
    events.push(
      verdict === "refused"
        ? { type: "discard", bytes: FRAME_BYTES, reason: "noise" }
        : { type: "reading", values: verdict },
    );
}
