import type { Command } from "commander";
import type { Run } from "./run.ts";
import { withClient } from "./with-client.ts";
import { withLog } from "./with-log.ts";

export function addHub(hub: Command, run: Run): void {
  hub.description("where the agents of a fleet meet").addHelpText(
    "after",
    `
Examples:
  dunlin hub                          on the loopback, without keys: to try it
  dunlin hub -c /etc/dunlin/hub.yaml  as a service
  sudo dunlin hub invite              a token for one agent; there:  sudo dunlin join --agent <token>
A hub's configuration has the settings of an agent's: name, listen, security, journal and so on, but no devices.`,
  );
  withLog(hub.command("run", { isDefault: true }))
    .description("run the hub: take agents in, offer what an agent offers for all of them (default)")
    .option("-c, --config <file>", "configuration; default /etc/dunlin/hub.yaml, or none if it is not there")
    .option("--name <name>", "the hub's name, instead of the configuration's; default hub")
    .option("--port <number>", "base port, instead of the configuration's", Number)
    .action(run(async () => (await import("./hub-command.ts")).hubCommand));
  hub
    .command("invite")
    .description("print a token, once valid, with which the hub of this host takes an agent in")
    .option("--expires <duration>", "how long it is valid", "1h")
    .option("--address <address>", "the hub as the agent reaches it; default this host's first address")
    .option("-c, --config <file>", "the hub's configuration; default /etc/dunlin/hub.yaml")
    .option("--json", "as JSON")
    .action(run(async () => (await import("./invite-command.ts")).inviteAgentCommand));
}

export function addFleet(fleet: Command, run: Run): void {
  const load = () => import("./fleet-command.ts");
  fleet.description("the agents of a hub: list, show, label and forget them").addHelpText(
    "after",
    `
Examples:
  dunlin fleet                                   all of them, at the hub on this host
  dunlin fleet ls --select 'site=north and not model=pi3' -a tcp://hub
  dunlin fleet show plant7
  dunlin fleet label plant7 site=north rack=     sets one label and takes one away
  dunlin fleet forget plant7                     of one that is gone for good`,
  );
  withClient(fleet.command("ls", { isDefault: true }))
    .description("which agents there are and how they are (default)")
    .option("--select <selector>", "only those that this chooses")
    .option("--json", "one JSON object a line")
    .action(run(async () => (await load()).fleetListCommand));
  withClient(fleet.command("show <agent>"))
    .description("one agent, with its devices")
    .option("--json", "as JSON")
    .action(run(async () => (await load()).fleetShowCommand));
  withClient(fleet.command("label <agent> <labels...>"))
    .description("give an agent labels at the hub, name=value; an empty value takes one away")
    .option("--json", "as JSON")
    .action(run(async () => (await load()).fleetLabelCommand));
  withClient(fleet.command("forget <agent>"))
    .description("take an agent out of the fleet; it comes back if it connects again and its key is let in")
    .option("--json", "as JSON")
    .action(run(async () => (await load()).fleetForgetCommand));
}

export function addRollout(rollout: Command, run: Run): void {
  const load = () => import("./rollout-command.ts");
  rollout.description("pause, resume and abort a command to many that is under way").addHelpText(
    "after",
    `
Examples:
  dunlin rollout pause <id>     no further agent gets it; those that have it go on
  dunlin rollout resume <id>
  dunlin rollout abort <id>     for good
  dunlin commands show <id>     how far it is, agent by agent`,
  );
  const add = (name: string, description: string): Command =>
    withClient(rollout.command(`${name} <id>`))
      .description(description)
      .option("--json", "as JSON");
  add("pause", "let no further agent have it").action(run(async () => (await load()).pauseCommand));
  add("resume", "go on").action(run(async () => (await load()).resumeCommand));
  add("abort", "end it: who has not got it never does").action(run(async () => (await load()).abortCommand));
}
