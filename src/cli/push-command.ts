import { DunlinError } from "../base/index.ts";
import type { CommandProgress } from "../message/index.ts";
import { openClient } from "./client-options.ts";
import { EXIT, exitCodeOfState, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { pushMany, type PushManyOptions } from "./push-many-command.ts";
import { expiresMsOf, type PushCommandOptions } from "./push-options.ts";
import { rolloutOf } from "./rollout-options.ts";
import { terminal } from "./terminal.ts";

const EXPIRES = "30";

export function pushCommand(
  target: string | undefined,
  name: string | undefined,
  words: string[],
  options: PushCommandOptions & Partial<PushManyOptions>,
): Promise<ExitCode> {
  const { select } = options;
  if (select !== undefined) {
    const [command, ...args] = [target, name, ...words].filter((word) => word !== undefined);
    return pushMany(needed(command, "command"), args, { ...options, select });
  }
  if (options.device !== undefined || rolloutOf(options))
    throw new DunlinError("usage", "--device, and how a roll-out goes, are for --select");
  return pushOne(needed(target, "target"), needed(name, "command"), words, options);
}

async function pushOne(
  target: string,
  name: string,
  words: readonly string[],
  options: PushCommandOptions,
): Promise<ExitCode> {
  const args = parseKeyValues(words);
  const expiresMs = expiresMsOf(options.expires ?? EXPIRES);
  const client = openClient(options);
  const { promise: accepted, resolve } = Promise.withResolvers<CommandProgress>();
  const outcome = client.push(target, name, args, {
    expiresMs,
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

/** As commander says it: with --select one of them is not there, so that it cannot look itself. */
function needed(word: string | undefined, what: string): string {
  if (word !== undefined) return word;
  throw new DunlinError("usage", `missing required argument '${what}' (dunlin push --help shows how)`);
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
