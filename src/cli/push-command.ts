import { DunlinError } from "../base/index.ts";
import type { CommandProgress } from "../message/index.ts";
import { openClient, type ClientOptions } from "./client-options.ts";
import { EXIT, exitCodeOfState, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { terminal } from "./terminal.ts";

interface PushCommandOptions extends ClientOptions {
  readonly wait: boolean;
  readonly expires: number;
  readonly id?: string;
  readonly json?: boolean;
}

export async function pushCommand(
  target: string,
  name: string,
  words: string[],
  options: PushCommandOptions,
): Promise<ExitCode> {
  const args = parseKeyValues(words);
  if (!(options.expires > 0)) throw new DunlinError("usage", "--expires takes a number of seconds above 0");
  const client = openClient(options);
  const { promise: accepted, resolve } = Promise.withResolvers<CommandProgress>();
  const outcome = client.push(target, name, args, {
    expiresMs: options.expires * 1_000,
    ...(options.id === undefined ? {} : { id: options.id }),
    onProgress: (progress) => {
      resolve(progress);
      show(progress, options.json === true);
    },
  });
  try {
    const { state } = await (options.wait ? outcome : Promise.race([accepted, outcome]));
    return options.wait || state === "rejected" ? exitCodeOfState(state) : EXIT.ok;
  } finally {
    client.close();
  }
}

function show(progress: CommandProgress, json: boolean): void {
  if (json) return terminal.print(JSON.stringify(progress));
  const { state, name, target, reason, result } = progress;
  const style = state === "succeeded" ? "green" : state === "accepted" || state === "running" ? "dim" : "red";
  const more = reason ?? (result === undefined ? "" : JSON.stringify(result));
  terminal.print(
    `${terminal.paint(style, state.padEnd(9))} ${target} ${name}${more === "" ? "" : `: ${more}`}`,
  );
}
