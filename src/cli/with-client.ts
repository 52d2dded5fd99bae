import { Option, type Command } from "commander";
import { DEFAULT_ADDRESS } from "./config-paths.ts";

/** Which agent or hub, and who asks. */
export function withClient(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-a, --address <address>",
        "the agent or hub: tcp://host:port, @name for a profile, or ipc:// and its runtime directory; default this host's service, " +
          `else ${DEFAULT_ADDRESS}`,
      ).env("DUNLIN_ADDRESS"),
    )
    .addOption(
      new Option("--server-key <key>", "the agent's public key, or a file with it").env("DUNLIN_SERVER_KEY"),
    )
    .addOption(
      new Option("--key <file>", "your secret key; default the one of dunlin keys new").env("DUNLIN_KEY"),
    );
}
