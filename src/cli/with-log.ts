import { Option, type Command } from "commander";

/** How what runs writes its log, instead of how its configuration says. */
export function withLog(command: Command): Command {
  return command
    .addOption(new Option("--log-level <level>").choices(["error", "warn", "info", "debug"]))
    .addOption(
      new Option(
        "--log-format <format>",
        "default: text on a terminal, journald's own under systemd, else json",
      ).choices(["auto", "json", "text"]),
    );
}
