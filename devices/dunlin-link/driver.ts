import * as Type from "typebox";
import {
  HOST_CLOCK,
  LINE_8N1,
  type Call,
  type Driver,
  type DriverEvent,
  type Session,
  type SessionClock,
} from "../../src/device/index.ts";
import { HostLink, type LinkEvent } from "../../src/link/index.ts";
import { LINK_METRICS, linkReading } from "./link-metrics.ts";
import { LinkSimulator } from "./simulator.ts";

export interface DunlinLinkSettings {
  readonly linkQuality: number;
}

/** The host pings each second, and takes the link for lost after as long. firmware-bridge/SPEC.md, "Session". */
const SILENCE_MS = 3_000;

/** A microcontroller with firmware-bridge's library: it tells itself what it measures and can do. */
export const dunlinLink: Driver<DunlinLinkSettings> = {
  name: "dunlin-link",
  title: "Microcontrollers with Dunlin's firmware library",
  settings: Type.Object({
    linkQuality: Type.Integer({
      description: "from one reading of how the link is to the next, ms",
      minimum: 1_000,
      maximum: 3_600_000,
      default: 10_000,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 115_200 },
  describe: () => ({ metrics: LINK_METRICS, commands: {}, isPending: true, silenceMs: SILENCE_MS }),
  open: (settings, clock = HOST_CLOCK) => new LinkSession(settings, clock),
  simulate: (_, random) => new LinkSimulator(random),
};

class LinkSession implements Session {
  readonly #clock: SessionClock;
  readonly #link: HostLink;
  readonly #intervalMs: number;
  #qualityDueMs: number;

  constructor({ linkQuality }: DunlinLinkSettings, clock: SessionClock) {
    this.#clock = clock;
    this.#link = new HostLink(clock, Object.keys(LINK_METRICS));
    this.#intervalMs = linkQuality;
    this.#qualityDueMs = clock.nowMs() + linkQuality;
  }

  start(): readonly DriverEvent[] {
    return this.#link.start().map(toDriverEvent);
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    return this.#link.push(chunk).map(toDriverEvent);
  }

  run(call: Call): readonly DriverEvent[] {
    return this.#link.call(call).map(toDriverEvent);
  }

  cancel(call: string): readonly DriverEvent[] {
    return this.#link.cancel(call).map(toDriverEvent);
  }

  /** The link asks for it once a second at least. */
  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = this.#link.wake().map(toDriverEvent);
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#qualityDueMs) return events;
    this.#qualityDueMs = nowMs + this.#intervalMs;
    const values = linkReading(this.#link.takeQuality());
    return this.#link.isOpen ? [...events, { type: "reading", values }] : events;
  }
}

/** The link's own metrics stay, whatever the device tells. */
function toDriverEvent(event: LinkEvent): DriverEvent {
  if (event.type !== "describe") return event;
  const { metrics, commands } = event;
  return { type: "describe", metrics: { ...metrics, ...LINK_METRICS }, commands, replaces: true };
}
