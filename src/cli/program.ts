import { Argument, Command, CommanderError, Option } from "commander";
import { COMMAND_STATES, HUB_QUERIES } from "../message/index.ts";
import { EXIT, EXIT_HELP, report, type ExitCode } from "./exit-code.ts";
import { addFleet, addHub, addRollout } from "./program-fleet.ts";
import { addInvitations, addKeys } from "./program-keys.ts";
import { addPush } from "./program-push.ts";
import { addDevices, addRecordings } from "./program-recordings.ts";
import { addSim } from "./program-sim.ts";
import type { Run, Work } from "./run.ts";
import { VERSION } from "./version.ts";
import { withClient } from "./with-client.ts";
import { withLog } from "./with-log.ts";

/** The command line. @param onExit told the exit code of the command that ran */
export function makeProgram(onExit: (code: ExitCode) => void): Command {
  const run =
    <Args extends unknown[]>(load: () => Promise<Work<Args>>) =>
    async (...args: unknown[]): Promise<void> => {
      const options = (args.at(-1) as Command).opts<{ json?: boolean }>();
      try {
        onExit(await (await load())(...(args.slice(0, -1) as Args)));
      } catch (thrown) {
        onExit(report(thrown, options.json === true));
      }
    };
  const program = new Command("dunlin")
    .description("Messaging runtime for edge devices: serial sensors in, ZeroMQ topics out, commands back.")
    .version(VERSION, "-V, --version", "print the version")
    .showHelpAfterError("(dunlin --help shows how)")
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText("after", EXIT_HELP);
  addAgent(program, run);
  addClient(program, run);
  addHub(program.command("hub"), run);
  addFleet(program.command("fleet"), run);
  addRollout(program.command("rollout"), run);
  addSim(program.command("sim"), run);
  addKeys(program.command("keys"), run);
  addInvitations(program, run);
  addRecordings(program, run);
  addDevices(program.command("device"), run);
  addTools(program, run);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(dunlin ${command.name()} --help shows how)`);
  return program;
}

/** Commander's own errors are wrong usage; asking for help is not. */
export function exitCodeOfUsage(thrown: unknown): ExitCode | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

function addAgent(program: Command, run: Run): void {
  withLog(program.command("agent"))
    .description("run the agent: open its ports, publish its readings, take its commands")
    .option("-c, --config <file>", "configuration; default /etc/dunlin/agent.yaml")
    .option("--sim", "simulated devices, no hardware and no configuration needed")
    .option("--name <name>", "the agent's name, instead of the configuration's")
    .option("--port <number>", "base port, instead of the configuration's", Number)
    .addHelpText(
      "after",
      `
Examples:
  dunlin agent --sim                  three simulated devices
  dunlin agent -c ./agent.yaml        your own
  dunlin check -c ./agent.yaml        only look whether the configuration is right`,
    )
    .action(run(async () => (await import("./agent-command.ts")).agentCommand));
  program
    .command("check [file]")
    .description("say what is wrong in a configuration, with line and column")
    .option("-c, --config <file>", "the same as [file]")
    .option("--json", "one JSON object a line")
    .action(run(async () => (await import("./check-command.ts")).checkCommand));
  program
    .command("schema")
    .description("print the configuration's JSON Schema, for editors")
    .addHelpText("after", "\nExample:\n  dunlin schema > agent.schema.json")
    .action(run(async () => (await import("./check-command.ts")).schemaCommand));
  program
    .command("install")
    .description("put this binary under systemd as a service (as root)")
    .option("--prefix <folder>", "put everything below this folder and do not start anything", "/")
    .option("--dry-run", "only say what would be done")
    .action(run(async () => (await import("./install-command.ts")).installCommand));
}

function addClient(program: Command, run: Run): void {
  withClient(program.command("sub [topic...]"))
    .description("show readings, states and commands as they come")
    .option("--json", "one JSON object a line")
    .option("--csv", "one line a value: time,agent,device,epoch,seq,clock,metric,value")
    .option("-n, --count <number>", "end after this many messages", Number)
    .option("--timeout <seconds>", "end with exit code 3 if no message comes for this long", Number)
    .option(
      "--from <place>",
      "every journaled reading once, in order: from start, a time, a span before now (1h), or epoch/seq",
    )
    .option(
      "--durable <name>",
      "the same, and the next run under this name goes on where this one was; the first begins at --from or now",
    )
    .option("--until-caught-up", "end when all that was durable at the start has been shown")
    .option("--output <file>", "append to a file; with --durable exactly once, even after kill -9")
    .option("--strict", "exit with code 6 if readings were reported lost")
    .addHelpText(
      "after",
      `
Topics: <agent>, <agent>/<device>, or a topic's beginning; none is all telemetry.
Examples:
  dunlin sub                          all telemetry
  dunlin sub plant7/gps --json        one device
  dunlin sub @plant7                  at the agent of the profile plant7, which dunlin join makes
  dunlin sub state/ command/          who is there, and what becomes of commands
  dunlin sub plant7 --csv > log.csv
  dunlin sub plant7 --from 1d --until-caught-up --csv > yesterday.csv
  dunlin sub plant7 --durable archive --from start --output plant7.jsonl --json`,
    )
    .action(run(async () => (await import("./sub-command.ts")).subCommand));
  withClient(program.command("top"))
    .description(
      "watch an agent or a hub live: devices, rates, metrics and their course, links, journal, commands",
    )
    .option("--once", "print one frame and end")
    .option("--seconds <seconds>", "with --once: how long to look before", Number, 3)
    .addHelpText(
      "after",
      `
Keys: q ends, arrows, page up and page down scroll, m hides the metrics, / filters by name, space pauses.

Examples:
  dunlin top                          the agent on this host
  dunlin top -a tcp://hub             a hub: its agents, those that are away first
  dunlin top --once --seconds 10 | head -20`,
    )
    .action(run(async () => (await import("./top-command.ts")).topCommand));
  addPush(program.command("push"), run);
  addCommands(program.command("commands"), run);
  withClient(program.command("query"))
    .addArgument(new Argument("<query>").choices(HUB_QUERIES))
    .argument("[arguments...]", "key=value")
    .description("ask the agent, or the hub")
    .option("--json", "as JSON")
    .option("--timeout <seconds>", "how long to wait for the answer", Number, 5)
    .addHelpText(
      "after",
      `
Examples:
  dunlin query describe               devices, metrics, units, commands
  dunlin query status                 counters, components, states
  dunlin query read device=gps        the last reading
  dunlin query command id=<uuid>      where a command stands
  dunlin query replay device=gps epoch=7 seq=41 limit=10
  dunlin query read agent=plant7 -a tcp://hub          at a hub: of which agent
  dunlin query fleet 'select="site=north"' -a tcp://hub`,
    )
    .action(run(async () => (await import("./query-command.ts")).queryCommand));
}

function addCommands(commands: Command, run: Run): void {
  const load = () => import("./commands-command.ts");
  commands.description("list, show and cancel the agent's commands, or the hub's").addHelpText(
    "after",
    `
Examples:
  dunlin commands                     the newest 20
  dunlin commands list --state failed
  dunlin commands show <id>           of a command to many: agent by agent
  dunlin commands cancel <id>         before it runs, or while it does if its description says cancellable`,
  );
  withClient(commands.command("list", { isDefault: true }))
    .description("the newest commands and where they stand (default)")
    .addOption(new Option("--state <state>", "only those in this state").choices(COMMAND_STATES))
    .option("-n, --count <number>", "how many at most", Number, 20)
    .option("--json", "one JSON object a line")
    .action(run(async () => (await load()).listCommand));
  withClient(commands.command("show <id>"))
    .description("where one stands; the exit code is that of push")
    .option("--json", "as JSON")
    .action(run(async () => (await load()).showCommand));
  withClient(commands.command("cancel <id>"))
    .description("call one off")
    .option("--json", "as JSON")
    .action(run(async () => (await load()).cancelCommand));
}

function addTools(program: Command, run: Run): void {
  program
    .command("ports")
    .description("list the serial ports: their stable names, what they are, who has them open")
    .option("--json", "as JSON")
    .action(run(async () => (await import("./ports-command.ts")).portsCommand));
  program
    .command("doctor")
    .description(
      "say what is wrong with this host's agent, its configuration and its host, and what to do about it",
    )
    .option("-c, --config <file>", "the agent's configuration; default /etc/dunlin/agent.yaml")
    .option("--json", "one JSON object a finding")
    .option("--bundle [file]", "put together what somebody needs who is to help: a tar.gz without secrets")
    .addHelpText(
      "after",
      `
Examples:
  sudo dunlin doctor                  as root it may look everywhere; it changes nothing
  sudo dunlin doctor --bundle         dunlin-support-<agent>-<day>.tar.gz in this folder`,
    )
    .action(run(async () => (await import("./doctor-command.ts")).doctorCommand));
  program
    .command("completion")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .description("print a completion script")
    .addHelpText("after", "\nExample:\n  source <(dunlin completion bash)")
    .action(async (shell: string) => {
      const { completion } = await import("./completion.ts");
      process.stdout.write(completion(program, shell as "bash" | "zsh" | "fish"));
    });
  program
    .command("version")
    .description("print the versions of Dunlin, its protocol and what it is made of")
    .option("--json", "as JSON")
    .action(run(async () => (await import("./version-command.ts")).versionCommand));
}
