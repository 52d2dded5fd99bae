import type { LinkState, Message } from "../client/index.ts";
import { fieldsOf, type Fields, type FleetMember } from "../message/index.ts";
import { LatestCommands } from "./latest-commands.ts";
import { Rate } from "./rate.ts";
import type { Linked, Watch } from "./watch.ts";

/** Agents whose rates are followed. */
const AGENTS = 20_000;

/** A hub and its agents. */
export class HubWatch implements Watch {
  /** In the order of their names. */
  members: readonly FleetMember[] = [];
  readonly readings: Rate;
  readonly commands = new LatestCommands();
  linked: Linked;
  now: Fields = {};
  readonly #rates = new Map<string, Rate>();

  constructor(nowMs: number) {
    this.readings = new Rate(nowMs);
    this.linked = { state: "connecting", sinceMs: nowMs };
  }

  /** Readings a second of one agent. */
  rateOf(agent: string, nowMs: number): number {
    return this.#rates.get(agent)?.perSecond(nowMs) ?? 0;
  }

  link(state: LinkState, nowMs: number): void {
    this.linked = { state, sinceMs: nowMs };
  }

  status(status: unknown): void {
    this.now = fieldsOf(status);
  }

  take(message: Message, nowMs: number): void {
    if (message.kind === "command") this.commands.take(message.progress);
    if (message.kind !== "telemetry") return;
    this.readings.add(nowMs);
    let rate = this.#rates.get(message.agent);
    if (!rate) {
      if (this.#rates.size >= AGENTS) return;
      this.#rates.set(message.agent, (rate = new Rate(nowMs)));
    }
    rate.add(nowMs);
  }
}
