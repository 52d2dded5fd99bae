import { availableParallelism } from "node:os";
import { DunlinError } from "../base/index.ts";
import { parseDuration } from "../config/index.ts";
import type { FleetCounts, FleetPlan } from "../fleet-sim/index.ts";
import { isName } from "../message/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { hubOfSim, type SimHubOptions } from "./sim-fleet-hub.ts";
import { SimPart } from "./sim-fleet-part.ts";
import { terminal } from "./terminal.ts";

export interface SimFleetOptions extends SimHubOptions {
  readonly agents: number;
  readonly rate: string;
  readonly batch: number;
  readonly prefix: string;
  readonly labels?: readonly string[];
  readonly away: number;
  readonly awayFor?: string;
  readonly fail: string;
  readonly commandTime: string;
  readonly kept: number;
  readonly spread: string;
  readonly processes?: number;
  readonly for?: string;
  readonly json?: boolean;
}

/** More than these in one process, and it is the simulator that is slow. */
const AGENTS_A_PROCESS = 1_000;
const SECOND_MS = 1_000;

/** A fleet that is made up, and what becomes of it, once a second, until it is told to end. */
export async function simFleetCommand(options: SimFleetOptions): Promise<ExitCode> {
  const plan = planOf(options);
  const hub = await hubOfSim(options);
  const processes =
    options.processes ??
    Math.max(1, Math.min(availableParallelism(), Math.ceil(plan.agents / AGENTS_A_PROCESS)));
  const parts = shares(plan.agents, processes).map(
    ({ first, agents }) => new SimPart({ ...plan, first, agents, hub }),
  );
  const view = new View(plan.agents, options.json === true);
  const shown = setInterval(() => view.show(sumOf(parts.map(({ counts }) => counts))), SECOND_MS);
  try {
    await Promise.race([ended(options.for), ...parts.map(({ failed }) => failed)]);
    return EXIT.ok;
  } finally {
    clearInterval(shown);
    await Promise.all(parts.map((part) => part.close()));
    view.end(sumOf(parts.map(({ counts }) => counts)));
  }
}

function planOf(options: SimFleetOptions): Omit<FleetPlan, "first"> {
  const { agents, batch, prefix, kept, away, labels = [] } = options;
  for (const [name, value] of Object.entries({ agents, batch, kept }))
    if (!Number.isInteger(value) || value < 1)
      throw new DunlinError("usage", `--${name} takes a whole number above 0`);
  if (!isName(prefix))
    throw new DunlinError("usage", "--prefix takes the beginning of a name: a-z, 0-9, . _ -");
  if (!Number.isInteger(away) || away < 0 || away > agents)
    throw new DunlinError("usage", "--away takes so many of the agents");
  return {
    prefix,
    agents,
    // Rises from run to run, as an agent's own does.
    epoch: Math.floor(Date.now() / 1_000),
    rate: options.rate === "most" ? "most" : numberOf("--rate", options.rate),
    batch,
    kept,
    labels: Object.fromEntries(
      Object.entries(parseKeyValues(labels)).map(([name, value]) => [name, String(value)]),
    ),
    awayFrom: agents - away,
    awayMs: options.awayFor === undefined ? Infinity : durationOf("--away-for", options.awayFor),
    failShare: shareOf(options.fail),
    commandMs: durationOf("--command-time", options.commandTime),
    spreadMs: durationOf("--spread", options.spread),
  };
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= 0) return number;
  throw new DunlinError("usage", `${option} takes a number, or most: as many as the hub takes`);
}

function durationOf(option: string, text: string): number {
  const ms = text === "0" ? 0 : parseDuration(text);
  if (ms !== undefined) return ms;
  throw new DunlinError("usage", `${option} takes a duration: 500ms, 10s, 2m`);
}

function shareOf(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const share = Number(number) / 100;
  if (share >= 0 && share <= 1) return share;
  throw new DunlinError("usage", "--fail takes a share of the agents: 20%");
}

/** As even as can be. */
function shares(agents: number, processes: number): { readonly first: number; readonly agents: number }[] {
  const bounds = Array.from({ length: processes + 1 }, (_, at) => Math.round((agents * at) / processes));
  return bounds.slice(0, -1).map((first, at) => ({ first, agents: (bounds[at + 1] ?? first) - first }));
}

function sumOf(counts: readonly FleetCounts[]): FleetCounts {
  const sum = (name: keyof FleetCounts): number => counts.reduce((total, one) => total + one[name], 0);
  const names = ["online", "arrivals", "readings", "withheld", "commands", "again", "faults"] as const;
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as FleetCounts;
}

function ended(limit: string | undefined): Promise<void> {
  const limitMs = limit === undefined ? undefined : durationOf("--for", limit);
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    if (limitMs !== undefined) setTimeout(resolve, limitMs);
  });
}

/** One line that is drawn again at a terminal; else a line when something has changed that a person asks for. */
class View {
  readonly #agents: number;
  readonly #isJson: boolean;
  readonly #startedMs = performance.now();
  #last = "";
  #readings = 0;

  constructor(agents: number, isJson: boolean) {
    this.#agents = agents;
    this.#isJson = isJson;
  }

  show(counts: FleetCounts): void {
    const seconds = Math.round((performance.now() - this.#startedMs) / 100) / 10;
    if (this.#isJson) return terminal.print(JSON.stringify({ seconds, ...counts }));
    const perSecond = counts.readings - this.#readings;
    this.#readings = counts.readings;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${this.#text(counts)}  (${perSecond}/s)`);
    else if (String(counts.online) !== this.#last) terminal.note(`${seconds} s: ${this.#text(counts)}`);
    this.#last = String(counts.online);
  }

  end(counts: FleetCounts): void {
    if (this.#isJson) return this.show(counts);
    if (process.stderr.isTTY) process.stderr.write("\n");
    terminal.print(this.#text(counts));
  }

  #text({ online, readings, withheld, commands, again, faults }: FleetCounts): string {
    const more = Object.entries({ withheld, "run twice": again, faults })
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `  ${name} ${count}`);
    return `online ${online}/${this.#agents}  readings ${readings}  commands ${commands}${more.join("")}`;
  }
}
