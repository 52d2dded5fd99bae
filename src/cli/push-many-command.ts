import { v7 } from "uuid";
import type { CommandProgress } from "../message/index.ts";
import { openClient } from "./client-options.ts";
import { EXIT, exitCodeOfState, type ExitCode } from "./exit-code.ts";
import { parseKeyValues } from "./key-value.ts";
import { expiresMsOf, type PushCommandOptions } from "./push-options.ts";
import { rolloutOf, type RolloutOptions } from "./rollout-options.ts";
import { RolloutView, runsByOutcome } from "./rollout-view.ts";
import { terminal } from "./terminal.ts";

export interface PushManyOptions extends PushCommandOptions, RolloutOptions {
  readonly select: string;
  readonly device?: string;
}

/** Agents that are away may come back, and a roll-out takes its time. */
const EXPIRES = "1h";

/** By a hub to all that a selector chooses; ends with what has become of it at each. */
export async function pushMany(
  name: string,
  words: readonly string[],
  options: PushManyOptions,
): Promise<ExitCode> {
  const { select, device, wait, json = false, id = v7() } = options;
  const rollout = rolloutOf(options);
  const args = parseKeyValues(words);
  const expiresMs = expiresMsOf(options.expires ?? EXPIRES);
  const client = openClient(options, "hub");
  const view = json ? undefined : new RolloutView();
  const { promise: accepted, resolve } = Promise.withResolvers<CommandProgress>();
  if (!json)
    terminal.note(`command ${id}: dunlin rollout pause, resume or abort it, dunlin commands show it`);
  const outcome = client.pushMany(select, name, args, {
    expiresMs,
    id,
    ...(device === undefined ? {} : { device }),
    ...(rollout ? { rollout } : {}),
    onProgress: (progress) => {
      resolve(progress);
      if (view) view.show(progress);
      else terminal.print(JSON.stringify(progress));
    },
  });
  try {
    if (!wait) return await acceptedCode(Promise.race([accepted, outcome.then(({ progress }) => progress)]));
    const { progress, runs } = await outcome;
    view?.end(progress);
    if (json) for (const run of runs) terminal.print(JSON.stringify({ id, ...run }));
    else if (runs.length > 0) terminal.print(runsByOutcome(runs));
    return exitCodeOfState(progress.state);
  } finally {
    view?.close();
    client.close();
  }
}

async function acceptedCode(first: Promise<CommandProgress>): Promise<ExitCode> {
  const { state } = await first;
  return state === "rejected" || state === "expired" ? exitCodeOfState(state) : EXIT.ok;
}
