import type { AgentRun, CommandProgress, Page, RolloutPlan } from "../message/index.ts";
import type { PushOptions } from "./follow-command.ts";

export interface PushManyOptions extends PushOptions {
  /** Device of each agent that it is for. Default: the agents themselves. */
  readonly device?: string;
  /** How it goes about. Default: all at once. */
  readonly rollout?: RolloutPlan;
}

/** What has become of a command to many. */
export interface ManyOutcome {
  /** All together; `result` counts the agents by state. */
  readonly progress: CommandProgress;
  /** One for each agent, in the order of their names. */
  readonly runs: readonly AgentRun[];
}

/** Entries asked for at once; a hub gives fewer when they are long. */
const PAGE = 500;

/** Pages of a list at a hub, one entry after the other. */
export async function* pages<T extends { readonly agent: string }>(
  ask: (where: { readonly after: string; readonly limit: number }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  for (let after = ""; ;) {
    const { entries, more } = await ask({ after, limit: PAGE });
    yield* entries;
    const last = entries.at(-1);
    if (!more || !last) return;
    after = last.agent;
  }
}
