/**
 * npm run bench:fleet [-- --short] [--agents 1000]
 *
 * One hub, with keys, and a simulated fleet on the same machine, which share its processors: how long until all are there, whether all
 * that they say is in the hub's journal, what it costs; a command to all with some away; how they come back when the hub is killed; how
 * many readings it takes; and what its part of a reading's way is. docs/benchmarks.md has figures.
 */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { bareLoop } from "./bare-loop.ts";
import { BenchFleet, BenchHub, type Counted } from "./fleet-hub.ts";
import { latencies } from "./fleet-latency.ts";
import { cpuUs, memoryMb } from "./process-tree.ts";

const FULL = { steadySeconds: 60, floodSeconds: 15, awayFor: 30, readings: 3_000 };
const SHORT = { steadySeconds: 3, floodSeconds: 3, awayFor: 6, readings: 150 };
type Plan = typeof FULL & { readonly agents: number; readonly isShort: boolean };

/** Of those that are away: one in twenty. */
const AWAY_SHARE = 0.05;
const FLOODERS = 100;
const BATCH = 100;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { short: { type: "boolean" }, agents: { type: "string" } } });
  const plan: Plan = {
    ...(values.short ? SHORT : FULL),
    isShort: values.short === true,
    agents: Number(values.agents ?? (values.short ? 100 : 1_000)),
  };
  const hub = await BenchHub.open();
  try {
    await steady(hub, plan);
    await commandToAll(hub, plan);
    await stampede(hub, plan);
  } finally {
    await hub.close();
  }
  await flood(plan);
  await latency(plan);
}

function say(what: string, figures: Readonly<Record<string, string | number>>): void {
  console.log(
    `${what}: ${Object.entries(figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}`,
  );
}

/** From nothing to all online; then readings for a while, of which none may be missing. */
async function steady(hub: BenchHub, { agents, steadySeconds }: Plan): Promise<void> {
  const fleet = new BenchFleet(hub, { agents });
  const there = await fleet.until("all agents", ({ online }) => online === agents);
  const [cpuBefore, beforeMs] = [cpuUs([hub.pid]), performance.now()];
  await setTimeout(steadySeconds * 1_000);
  const share = (cpuUs([hub.pid]) - cpuBefore) / 1_000 / (performance.now() - beforeMs);
  const { pss: hubPss } = memoryMb([hub.pid]);
  const { readings, withheld, faults } = await fleet.close();
  const { got, lost } = await count(hub, readings);
  say(`${agents} agents, a reading a second each`, {
    "all online after s": there.seconds,
    "hub's CPU, share of one processor": share.toFixed(2),
    "hub's memory (PSS, with its journal) MB": hubPss.toFixed(0),
    readings,
    "at the hub": got,
    lost,
    withheld,
    faults,
  });
  if (got !== readings || lost > 0) throw new Error("readings are missing at the hub");
}

/** Every journaled reading, once, by a durable subscription. */
async function count(hub: BenchHub, expected: number): Promise<{ got: number; lost: number }> {
  let [got, lost] = [0, 0];
  const stream = hub.client.subscribeDurable([], { from: "start" });
  const guard = globalThis.setTimeout(() => stream.close(), 120_000);
  for await (const batch of stream.batches()) {
    for (const message of batch)
      if (message.kind === "telemetry") got++;
      else if (message.kind === "lost") lost += (message.to ?? message.from) - message.from + 1;
    if (got + lost >= expected) break;
  }
  clearTimeout(guard);
  return { got, lost };
}

async function commandToAll(hub: BenchHub, { agents, awayFor }: Plan): Promise<void> {
  const away = Math.round(agents * AWAY_SHARE);
  const fleet = new BenchFleet(hub, { agents, away, "away-for": `${awayFor}s` });
  await fleet.until("those that are not away", ({ online }) => online >= agents - away);
  const startMs = performance.now();
  let mostMs = 0;
  const { progress, runs } = await hub.client.pushMany(
    "*",
    "restart-component",
    { component: "bridge" },
    {
      expiresMs: 300_000,
      onProgress: ({ result }) => {
        if (!mostMs && Number(result?.["succeeded"] ?? 0) >= agents - away)
          mostMs = performance.now() - startMs;
      },
    },
  );
  const allMs = performance.now() - startMs;
  const { commands, again } = await fleet.close();
  say(`a command to ${agents} agents of which ${away} are away`, {
    [`${agents - away} final after s`]: (mostMs / 1_000).toFixed(2),
    "all final after s, when those away had come": (allMs / 1_000).toFixed(2),
    state: progress.state,
    listed: runs.length,
    "runs at the agents": commands,
    "of an id that had run there": again,
  });
  if (
    runs.length !== agents ||
    commands !== agents ||
    again > 0 ||
    runs.some(({ state }) => state !== "succeeded")
  )
    throw new Error("not each agent has run it once");
}

async function stampede(hub: BenchHub, { agents }: Plan): Promise<void> {
  const fleet = new BenchFleet(hub, { agents });
  await fleet.until("all agents", ({ online }) => online === agents);
  const from = fleet.told.length;
  const startMs = performance.now();
  await hub.kill();
  await fleet.until("all gone or back", ({ arrivals }) => arrivals >= 2 * agents);
  await fleet.until("all back", ({ online }) => online === agents);
  const allMs = performance.now() - startMs;
  const perSecond = rises(fleet.told.slice(from));
  say(`the hub is killed and starts again, ${agents} agents`, {
    "all back after s": (allMs / 1_000).toFixed(1),
    "let in, second by second": perSecond.join(" "),
    "most in one second": Math.max(...perSecond),
  });
  await fleet.close();
}

function rises(told: readonly Counted[]): number[] {
  return told.slice(1).map(({ arrivals }, at) => arrivals - (told[at]?.arrivals ?? arrivals));
}

/** How much one hub takes, journals and publishes, beside a bare loop of sockets that does nothing but pass on. */
async function flood({ floodSeconds, isShort }: Plan): Promise<void> {
  for (const batch of isShort ? [BATCH] : [BATCH, 1]) {
    const perSecond = await floodHub(batch, floodSeconds);
    const bare = await bareLoop({ peers: FLOODERS, batch, seconds: floodSeconds });
    say(`${FLOODERS} agents, as many readings as the hub takes, ${batch} a message`, {
      "readings/s journaled and published": perSecond.toFixed(0),
      "bare ROUTER to PUB": bare.toFixed(0),
      ratio: (perSecond / bare).toFixed(2),
    });
  }
}

async function floodHub(batch: number, seconds: number): Promise<number> {
  const hub = await BenchHub.open();
  const fleet = new BenchFleet(hub, { agents: FLOODERS, rate: "most", batch, processes: 1 });
  try {
    await fleet.until("all agents", ({ online }) => online === FLOODERS);
    await setTimeout(2_000);
    const [before, startMs] = [await hub.status(), performance.now()];
    await setTimeout(seconds * 1_000);
    const after = await hub.status();
    if (after.journal.dropped > 0) throw new Error("the hub's journal did not keep up");
    if (after.dropped > before.dropped) throw new Error("the hub did not publish all of it");
    return ((after.readings - before.readings) / (performance.now() - startMs)) * 1_000;
  } finally {
    await fleet.close();
    await hub.close();
  }
}

async function latency({ readings }: Plan): Promise<void> {
  const { directUs, hubUs } = await latencies(readings);
  say("from the reading to a subscriber, at 100 a second", {
    "of the agent, p50 µs": directUs.toFixed(0),
    "of the hub, p50 µs": hubUs.toFixed(0),
    ratio: (hubUs / directUs).toFixed(2),
  });
}

await main();
