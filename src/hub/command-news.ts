import {
  commandTopic,
  encodeProgress,
  splitManyTarget,
  splitTarget,
  type Command,
  type CommandProgress,
} from "../message/index.ts";
import type { FleetCommand, Run } from "./fleet-command.ts";

/** What the world hears of commands at a hub: of each agent's run on that agent's topic, and of many together on the hub's. */
export class CommandNews {
  readonly #hub: string;
  readonly #publish: (frames: readonly Buffer[]) => void;
  /** Whose summary has changed. */
  readonly #changed = new Set<FleetCommand>();

  constructor(hub: string, publish: (frames: readonly Buffer[]) => void) {
    this.#hub = hub;
    this.#publish = publish;
  }

  /** Its summary is told with the next {@link flush}: a thousand runs are not a thousand summaries. */
  changed(one: FleetCommand): void {
    if (one.isMany) this.#changed.add(one);
  }

  flush(): void {
    for (const one of this.#changed) this.tell(one);
  }

  /** Where it stands: of many the summary, of one its run. */
  tell(one: FleetCommand): void {
    this.#changed.delete(one);
    if (one.isMany) this.#say(this.#hub, one.summary());
    else for (const run of one.runs.values()) this.tellRun(one, run);
  }

  tellRun(one: FleetCommand, run: Run): void {
    this.#say(run.agent, progressOf(one, run));
  }

  /** Of one that was turned away. */
  tellOf(
    { id, target, name }: Command,
    rest: Pick<CommandProgress, "state" | "time"> & Partial<CommandProgress>,
  ): void {
    this.#say(splitTarget(target)?.agent ?? this.#hub, { id, target, name, ...rest });
  }

  #say(agent: string, progress: CommandProgress): void {
    this.#publish([Buffer.from(commandTopic(agent, progress.id)), encodeProgress(progress)]);
  }
}

/** A run as an agent would tell of it. The hub has accepted what the agent has not seen yet. */
export function progressOf({ command }: FleetCommand, { agent, state, ...rest }: Run): CommandProgress {
  const { id, target, name } = command;
  const device = (splitManyTarget(target) ?? splitTarget(target))?.device;
  const told = state === "waiting" || state === "sent" ? "accepted" : state;
  return { id, target: device === undefined ? agent : `${agent}/${device}`, name, state: told, ...rest };
}
