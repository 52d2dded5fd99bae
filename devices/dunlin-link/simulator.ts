import type { Simulator } from "../../src/device/index.ts";
import type { CommandDescriptions, Metrics, Values } from "../../src/message/index.ts";
import { LinkDevice } from "./device.ts";

const METRICS: Metrics = {
  temperature: { type: "number", unit: "Cel", description: "of the air" },
  humidity: { type: "number", unit: "%", description: "relative" },
  fan: { type: "boolean" },
  uptime: { type: "integer", unit: "s", description: "since the start" },
};

const COMMANDS: CommandDescriptions = {
  fan: {
    description: "switches the fan",
    arguments: { on: { type: "boolean" } },
    idempotent: true,
    timeoutMs: 2_000,
  },
  dose: {
    description: "waters once",
    arguments: { volume: { type: "number", unit: "mL", min: 0, max: 500 } },
    timeoutMs: 5_000,
  },
};

const STEP_MS = 100;
/** Of a reading. */
const INTERVAL_MS = 1_000;
/** What the greenhouse comes to in the end, degrees Celsius: with the fan off, and with it on. */
const WARM = 31;
const COOL = 17;
const PACE = 0.06;
/** A watering takes this long, ms. */
const DOSE_MS = 1_000;
const MAX_FRAME_BYTES = 128;
const WINDOW = 4;

/**
 * A microcontroller in a greenhouse, with firmware-bridge's library. It has been on for long and says nothing before it is
 * spoken to: then `boot`, for nobody has begun a session with it. It also prints, as firmware does.
 */
export class LinkSimulator implements Simulator {
  readonly #random: () => number;
  readonly #device: LinkDevice;
  #nowMs = 0;
  #temperature = 24;
  #fan = false;
  readonly #doses: { readonly key: number; readonly untilMs: number }[] = [];

  constructor(random: () => number) {
    this.#random = random;
    this.#device = new LinkDevice(
      {
        name: "greenhouse",
        version: "1.0.0",
        metrics: METRICS,
        commands: COMMANDS,
        maxFrameBytes: MAX_FRAME_BYTES,
        window: WINDOW,
        run: (name, args, key) => this.#run(name, args, key),
      },
      Infinity,
    );
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    this.#nowMs += STEP_MS;
    if (this.#nowMs % INTERVAL_MS === 0) this.#measure();
    while (this.#doses[0] && this.#doses[0].untilMs <= this.#nowMs)
      this.#device.finish(this.#doses.shift()?.key ?? 0, true);
    return { bytes: this.#device.poll(this.#nowMs), afterMs: STEP_MS };
  }

  receive(bytes: Uint8Array): Uint8Array {
    return this.#device.receive(bytes, this.#nowMs);
  }

  #measure(): void {
    const noise = (this.#random() - 0.5) * 0.2;
    this.#temperature += ((this.#fan ? COOL : WARM) - this.#temperature) * PACE + noise;
    const temperature = Number(this.#temperature.toFixed(1));
    const humidity = Number((48 + (24 - this.#temperature) * 1.8).toFixed(1));
    const uptime = this.#nowMs / 1_000;
    this.#device.reading({ temperature, humidity, fan: this.#fan, uptime }, false);
  }

  #run(name: string, args: Values, key: number): Values | "pending" {
    if (name === "dose") {
      const volume = Number(args["volume"]);
      this.#device.log(`watering: ${volume} mL`, false);
      this.#doses.push({ key, untilMs: this.#nowMs + DOSE_MS });
      return "pending";
    }
    this.#fan = args["on"] === true;
    return { fan: this.#fan };
  }
}
