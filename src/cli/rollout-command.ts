import { openClient, type ClientOptions } from "./client-options.ts";
import { exitCodeOfState, type ExitCode } from "./exit-code.ts";
import { terminal } from "./terminal.ts";
import type { Values } from "../message/index.ts";

export interface HubCommandOptions extends ClientOptions {
  readonly json?: boolean;
}

export function pauseCommand(id: string, options: HubCommandOptions): Promise<ExitCode> {
  return tellHub("pause-rollout", { id }, `${id} is paused`, options);
}

export function resumeCommand(id: string, options: HubCommandOptions): Promise<ExitCode> {
  return tellHub("resume-rollout", { id }, `${id} goes on`, options);
}

export function abortCommand(id: string, options: HubCommandOptions): Promise<ExitCode> {
  return tellHub("cancel-command", { id }, `${id} goes to no further agent`, options);
}

/** Has the hub itself do something. @param done what is said when it has */
export async function tellHub(
  name: string,
  args: Values,
  done: string,
  options: HubCommandOptions,
): Promise<ExitCode> {
  const client = openClient(options, "hub");
  try {
    const outcome = await client.push(await client.name(), name, args);
    if (options.json) terminal.print(JSON.stringify(outcome));
    else if (outcome.state === "succeeded") terminal.print(done);
    else terminal.note(`${terminal.paintNote("red", outcome.state)} ${outcome.reason ?? ""}`.trimEnd());
    return exitCodeOfState(outcome.state);
  } finally {
    client.close();
  }
}
