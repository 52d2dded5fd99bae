import { Option, type Command } from "commander";
import type { Run } from "./run.ts";

/** As src/keys has them, without loading it. */
const ROLE_NAMES = ["read", "command", "sign"];

export function addKeys(keys: Command, run: Run): void {
  const load = () => import("./keys-command.ts");
  const config = [
    "-c, --config <file>",
    "the agent's configuration; default /etc/dunlin/agent.yaml",
  ] as const;
  const agent = ["--agent", "the keys of the agent on this host"] as const;
  keys.description("make keys, and say who is let in").addHelpText(
    "after",
    `
Examples:
  dunlin keys new                                  yours, in ~/.config/dunlin/keys
  sudo dunlin keys new --agent                     the agent's: it can then listen beyond the loopback
  dunlin keys show > me.key                        what others may know
  sudo dunlin keys import me.key --role read command sign
  sudo dunlin keys revoke me                       cuts the connected off, too`,
  );
  keys
    .command("new [name]")
    .description("make keys: two files, one of them secret")
    .option(...agent)
    .option(...config)
    .option("--output <folder>", "where to put them")
    .option("--json", "as JSON, without what is secret")
    .action(run(async () => (await load()).newKeysCommand));
  keys
    .command("show [file]")
    .description("print the public certificate")
    .option(...agent)
    .option(...config)
    .option("--json", "as JSON")
    .action(run(async () => (await load()).showKeysCommand));
  keys
    .command("fingerprint [file...]")
    .description("print what to compare by phone")
    .option(...agent)
    .option(...config)
    .action(run(async () => (await load()).fingerprintCommand));
  keys
    .command("import <file>")
    .description("let the owner of a public certificate in at the agent of this host")
    .addOption(roleOption("what for").default(["read"]))
    .option("--name <name>", "under which it is listed and revoked; default the certificate's")
    .option(...config)
    .action(run(async () => (await load()).importKeysCommand));
  keys
    .command("list")
    .description("who is let in at the agent of this host")
    .option(...config)
    .option("--json", "one JSON object a line")
    .action(run(async () => (await load()).listKeysCommand));
  keys
    .command("revoke <name>")
    .description("let one in no longer")
    .addOption(roleOption("only for"))
    .option(...config)
    .action(run(async () => (await load()).revokeKeysCommand));
}

export function addInvitations(program: Command, run: Run): void {
  program
    .command("invite")
    .description("print a token, once valid, with which the agent of this host lets somebody in")
    .addOption(roleOption("what for").default(["read"]))
    .option("--expires <duration>", "how long it is valid", "1h")
    .option("--address <address>", "the agent as the invited reaches it; default this host's first address")
    .option("-c, --config <file>", "the agent's configuration; default /etc/dunlin/agent.yaml")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      `
At a terminal the token is shown as a QR code, too.
Examples:
  sudo dunlin invite                               one who may read, within an hour
  sudo dunlin invite --role read command sign --expires 10m`,
    )
    .action(run(async () => (await import("./invite-command.ts")).inviteCommand));
  program
    .command("join [token]")
    .description("take an invitation up: make keys, have them let in, note the agent as a profile")
    .option("--name <name>", "under which the agent keeps your key; default user.host")
    .option("--profile <name>", "what you call the agent here; default its own name")
    .option("--key <file>", "a secret key that you have already")
    .option("--agent", "the agent of this host joins a hub: its keys, its configuration")
    .option("-c, --config <file>", "with --agent, its configuration; default /etc/dunlin/agent.yaml")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      `
Without a token it is read from standard input, where ps does not show it.
Examples:
  dunlin join dunlin-hgF4…
  dunlin sub @plant7`,
    )
    .action(run(async () => (await import("./join-command.ts")).joinCommand));
}

function roleOption(what: string): Option {
  return new Option(
    "--role <role...>",
    `${what}: read telemetry and ask, push a command, sign commands`,
  ).choices(ROLE_NAMES);
}
