import { Option, type Command } from "commander";
import type { Run } from "./run.ts";

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
  hub
    .command("run", { isDefault: true })
    .description("run the hub: take agents in, offer what an agent offers for all of them (default)")
    .option("-c, --config <file>", "configuration; default /etc/dunlin/hub.yaml, or none if it is not there")
    .option("--name <name>", "the hub's name, instead of the configuration's; default hub")
    .option("--port <number>", "base port, instead of the configuration's", Number)
    .addOption(new Option("--log-level <level>").choices(["error", "warn", "info", "debug"]))
    .addOption(
      new Option("--log-format <format>", "default: text on a terminal, else json").choices([
        "auto",
        "json",
        "text",
      ]),
    )
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
