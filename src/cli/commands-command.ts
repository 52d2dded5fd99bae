import {
  isFinal,
  splitManyTarget,
  splitTarget,
  type CommandProgress,
  type CommandState,
} from "../message/index.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, exitCodeOfState, type ExitCode } from "./exit-code.ts";
import { runsByOutcome } from "./rollout-view.ts";
import { table, terminal } from "./terminal.ts";

interface Options extends ClientOptions {
  readonly json?: boolean;
}

/** The newest commands and where they stand. */
export async function listCommand(
  options: Options & { readonly state?: CommandState; readonly count: number },
): Promise<ExitCode> {
  const client = openClient(options);
  try {
    const query = { limit: options.count, ...(options.state ? { state: options.state } : {}) };
    const commands = (await client.query("commands", query)) as CommandProgress[];
    if (options.json) for (const command of commands) terminal.print(JSON.stringify(command));
    else if (commands.length === 0) terminal.note("no commands");
    else terminal.print(table([["when", "state", "target", "command", "id", ""], ...commands.map(row)]));
    return EXIT.ok;
  } finally {
    client.close();
  }
}

/** One command; exits by its state, as `push` does. */
export async function showCommand(id: string, options: Options): Promise<ExitCode> {
  const client = openClient(options);
  try {
    const progress = (await client.query("command", { id })) as CommandProgress;
    const runs = splitManyTarget(progress.target) ? await client.runs(id) : [];
    if (options.json) terminal.print(JSON.stringify(runs.length > 0 ? { ...progress, runs } : progress));
    else {
      terminal.print(
        table(Object.entries(progress).map(([key, value]) => [key, shown(progress, key, value)])),
      );
      if (runs.length > 0) terminal.print(`\n${runsByOutcome(runs)}`);
    }
    return isFinal(progress.state) ? exitCodeOfState(progress.state) : EXIT.ok;
  } finally {
    client.close();
  }
}

/** Calls one off; done when it is. */
export async function cancelCommand(id: string, options: Options): Promise<ExitCode> {
  const client = openClient(options);
  try {
    const { target } = (await client.query("command", { id })) as CommandProgress;
    const agent = splitTarget(target)?.agent ?? (await client.name());
    const outcome = await client.push(agent, "cancel-command", { id });
    if (options.json) terminal.print(JSON.stringify(outcome));
    else
      terminal.print(
        outcome.state === "succeeded" ? `${id} is cancelled` : (outcome.reason ?? outcome.state),
      );
    return exitCodeOfState(outcome.state);
  } finally {
    client.close();
  }
}

function row(progress: CommandProgress): string[] {
  const { state, target, name, id, reason, result } = progress;
  return [
    when(progress),
    state,
    target,
    name,
    id,
    reason ?? (result === undefined ? "" : JSON.stringify(result)),
  ];
}

function when({ time }: CommandProgress): string {
  return new Date(time / 1_000).toISOString();
}

function shown(progress: CommandProgress, key: string, value: unknown): string {
  return key === "time" ? when(progress) : text(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
