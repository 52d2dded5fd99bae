import { Option, type Command } from "commander";
import type { Run } from "./run.ts";
import { withClient } from "./with-client.ts";

export function addPush(push: Command, run: Run): void {
  withClient(push)
    .argument("[target]", "<agent> or <agent>/<device>; left out with --select")
    .argument("[command]")
    .argument("[arguments...]", "key=value")
    .usage(
      "[options] <target> <command> [arguments...]\n       dunlin push --select <selector> [options] <command> [arguments...]",
    )
    .description("send a command to one agent, or by a hub to many, and follow it to its end")
    .option("--wait", "wait for the final state (default)", true)
    .option("--no-wait", "only wait until it is accepted")
    .option(
      "--expires <duration>",
      "until when it may start, seconds or 10m, 2h; default 30, with --select 1h",
    )
    .option("--id <uuid>", "use an id again, to be sure that it runs once")
    .option("--no-sign", "do not sign it: with --select labels that were given at the hub count then, too")
    .option("--json", "every state as one JSON object a line")
    .option("--select <selector>", "at a hub: all agents that this chooses")
    .option("--device <name>", "with --select: this device of each")
    .addOption(
      new Option("--mode <mode>", "with --select: all of them, or any one that is free; default all").choices(
        ["all", "any"],
      ),
    )
    .option(
      "--canary <number>",
      "so many first, the others when none of these failed (or no more than --abort says)",
      Number,
    )
    .option("--batch <number>", "so many at once, the next when these have ended", Number)
    .option("--rate <number>", "so many a minute: 50/min, 2/s")
    .option("--abort <share>", "stop when more than this share fails: 10%")
    .option(
      "--min-runs <number>",
      "over how many that ended the share is taken; default --batch, else 10",
      Number,
    )
    .option("--window <times>", "only at these times of day, UTC: 22:00-04:30")
    .addHelpText(
      "after",
      `
Arguments are key=value; numbers, true, false and null are taken as such, "…" as text.
Selectors: names with * and ?, label=value, label!=value, label in (a, b), and, or, not, ( ).
Examples:
  dunlin push plant7/air sleep
  dunlin push plant7/gps rate interval=200
  dunlin push plant7 restart-component component=bridge
  dunlin push --select 'site=north and model=pi4' --device air sleep -a tcp://hub
  dunlin push --select 'site=north' restart-component component=bridge --canary 5 --rate 50/min --abort 10%
  dunlin push --select 'gpu=yes' --device camera render file=a.blend --mode any`,
    )
    .action(run(async () => (await import("./push-command.ts")).pushCommand));
}
