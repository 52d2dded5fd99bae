import { context } from "zeromq";
import { openLog, Clock, monotonicMs } from "../base/index.ts";
import type { UplinkPlan } from "../agent/index.ts";
import { SimAgent } from "./sim-agent.ts";

/** A part of a simulated fleet: agents `first` to `first + agents - 1` of it. */
export interface FleetPlan {
  readonly prefix: string;
  readonly first: number;
  readonly agents: number;
  readonly epoch: number;
  /** Readings a second of each agent; 0: none, "most": as many as the hub takes. */
  readonly rate: number | "most";
  /** Readings that come together. */
  readonly batch: number;
  readonly kept: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Agents that stay away at first: those with the highest numbers of the whole fleet, from this one on; and for how long, ms. */
  readonly awayFrom: number;
  readonly awayMs: number;
  /** Share of agents on which each command fails, 0 to 1: those with the lowest numbers of each hundred. */
  readonly failShare: number;
  readonly commandMs: number;
  /** All agents have connected by then, ms. */
  readonly spreadMs: number;
}

/** Of this part, since its start. */
export interface FleetCounts {
  readonly online: number;
  /** Times that the hub let one in. */
  readonly arrivals: number;
  readonly readings: number;
  readonly withheld: number;
  readonly commands: number;
  /** Of an id that had run before at the same agent. */
  readonly again: number;
  readonly faults: number;
}

/** libzmq's own limit is 1023; an agent has its link and what watches over it. */
const SOCKETS_PER_AGENT = 4;
const TICK_MS = 10;
const LAST_WORDS_MS = 1_500;

/** Many agents of a hub in one process. */
export class SimFleet {
  readonly #plan: FleetPlan;
  readonly #agents: SimAgent[];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedMs = monotonicMs();
  readonly #ran: Set<string>[] = [];
  #arrivals = 0;
  #commands = 0;
  #again = 0;
  #faults = 0;
  #isResting = false;

  /** @param uplinkOf the hub as an agent of this name reaches it */
  constructor(plan: FleetPlan, uplinkOf: (name: string) => UplinkPlan) {
    this.#plan = plan;
    context.maxSockets = Math.max(1_023, (plan.agents + 10) * SOCKETS_PER_AGENT);
    const clock = new Clock();
    clock.setQuality("synced");
    const log = openLog({ level: "error", format: "json", write: () => {} });
    this.#agents = Array.from({ length: plan.agents }, (_, at) => {
      const number = plan.first + at;
      const name = nameOf(plan.prefix, number);
      const ran = new Set<string>();
      this.#ran.push(ran);
      return new SimAgent(
        {
          identity: {
            name,
            version: "0.0.0-sim",
            epoch: plan.epoch,
            labels: { site: `s${number % 10}`, model: "sim", ...plan.labels },
          },
          uplink: uplinkOf(name),
          kept: plan.kept,
          commandMs: plan.commandMs,
          fails: number % 100 < plan.failShare * 100,
          clock,
          log,
        },
        {
          onLive: () => void this.#arrivals++,
          onRun: (id) => {
            this.#commands++;
            if (ran.has(id)) this.#again++;
            ran.add(id);
          },
          onFault: () => void this.#faults++,
        },
      );
    });
    this.#connectAll();
    const { rate } = plan;
    if (rate === "most") this.#flood();
    else if (rate > 0) this.#timers.push(setInterval(() => this.#keepPace(rate), TICK_MS));
  }

  get counts(): FleetCounts {
    const sum = (of: (agent: SimAgent) => number): number =>
      this.#agents.reduce((total, agent) => total + of(agent), 0);
    return {
      online: sum(({ isLive }) => Number(isLive)),
      arrivals: this.#arrivals,
      readings: sum(({ seq }) => seq),
      withheld: sum(({ withheld }) => withheld),
      commands: this.#commands,
      again: this.#again,
      faults: this.#faults,
    };
  }

  /** No more readings; what was said last has time to get there, while the links still live. */
  async rest(): Promise<void> {
    this.#isResting = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
  }

  close(): void {
    for (const agent of this.#agents) agent.close();
  }

  #connectAll(): void {
    const { first, awayFrom, awayMs, spreadMs, agents } = this.#plan;
    for (const [at, agent] of this.#agents.entries()) {
      const isAway = first + at >= awayFrom;
      const delayMs = (isAway ? awayMs : 0) + (spreadMs * at) / agents;
      if (Number.isFinite(delayMs)) this.#timers.push(setTimeout(() => agent.connect(), delayMs));
    }
  }

  /** Each agent has its own phase: they do not all read at once. */
  #keepPace(rate: number): void {
    const { batch } = this.#plan;
    const elapsedSeconds = (monotonicMs() - this.#startedMs) / 1_000;
    for (const [at, agent] of this.#agents.entries()) {
      const due = Math.floor((elapsedSeconds * rate) / batch + at / this.#agents.length) * batch;
      for (let seq = agent.seq; seq < due; seq++) agent.read();
    }
  }

  /** A batch of each agent in each turn, as long as the hub's credit allows; and a first reading, after which it asks for what lay before. */
  #flood(): void {
    const { batch } = this.#plan;
    for (const agent of this.#agents) if (agent.seq === 0 && agent.isLive) agent.read();
    const taken = this.#agents.filter((agent) => agent.isFollowed && agent.room > batch * READING_BYTES);
    for (const agent of taken) for (let n = 0; n < batch; n++) agent.read();
    if (this.#isResting) return;
    if (taken.length > 0) setImmediate(() => this.#flood());
    else setTimeout(() => this.#flood(), TICK_MS);
  }
}

/** A reading's body is no longer. */
const READING_BYTES = 100;

/** `sim-0001` */
export function nameOf(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(4, "0")}`;
}
