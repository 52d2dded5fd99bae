import type { Command } from "commander";
import type { Run } from "./run.ts";

export function addSim(sim: Command, run: Run): void {
  sim.description("simulate what is not at hand").addHelpText(
    "after",
    `
Examples:
  dunlin agent --sim                                 one agent with simulated devices
  dunlin sim fleet --agents 1000                     a fleet, for the hub on this host
  dunlin sim fleet --agents 100 --rate most --batch 100 --for 30s
  dunlin sim fleet --agents 1000 --away 50 --away-for 1m --fail 2%`,
  );
  sim
    .command("fleet")
    .description("many agents of a hub, of which there is only what the hub sees; until it is told to end")
    .option("--agents <number>", "how many", Number, 100)
    .option("--hub <address>", "the hub, which must have no keys; default the one on this host")
    .option(
      "--hub-config <file>",
      "a hub of this host with keys, by its configuration: keys are made for the agents",
    )
    .option("--rate <number>", "readings a second of each agent; most: as many as the hub takes", "1")
    .option("--batch <number>", "readings that come together", Number, 1)
    .option("--away <number>", "so many agents stay away at first", Number, 0)
    .option("--away-for <duration>", "and come after this; default never")
    .option("--fail <share>", "on this share of the agents every command fails", "0%")
    .option("--command-time <duration>", "how long a command takes", "50ms")
    .option("--spread <duration>", "all agents have tried to connect by then", "0")
    .option("--kept <number>", "readings that each agent can replay", Number, 600)
    .option("--labels <labels...>", "name=value, beside site=s0 to s9 and model=sim")
    .option("--prefix <text>", "names begin with it", "sim")
    .option(
      "--processes <number>",
      "default one for 1000 agents, and no more than there are processors",
      Number,
    )
    .option("--for <duration>", "end by itself after this")
    .option("--json", "one JSON object a second: counts since the start")
    .action(run(async () => (await import("./sim-fleet-command.ts")).simFleetCommand));
  sim
    .command("fleet-part <plan>", { hidden: true })
    .description("a process of a simulated fleet")
    .action(run(async () => (await import("./sim-fleet-part.ts")).simFleetPartCommand));
}
