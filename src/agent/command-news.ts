import type { Log } from "../base/index.ts";
import { commandTopic, encodeProgress, type CommandProgress } from "../message/index.ts";

/** Tells the world where commands stand: on their topics, and in the log. */
export class CommandNews {
  readonly #agent: string;
  readonly #publish: (frames: readonly Buffer[]) => void;
  readonly #log: Log;

  constructor(agent: string, publish: (frames: readonly Buffer[]) => void, log: Log) {
    this.#agent = agent;
    this.#publish = publish;
    this.#log = log;
  }

  tell(progress: CommandProgress): void {
    this.#say(progress);
    const { id, target, name, state, reason } = progress;
    const why = reason === undefined ? {} : { reason };
    this.#log.info(`command ${name} for ${target} is ${state}`, { id, ...why });
  }

  /** For new subscribers: each command that they asked for by its id. */
  repeat(prefixes: readonly string[], progressOf: (id: string) => CommandProgress | undefined): void {
    for (const prefix of prefixes) {
      const [kind, , id = ""] = prefix.split("/");
      const progress = kind === "command" ? progressOf(id) : undefined;
      if (progress) this.#say(progress);
    }
  }

  #say(progress: CommandProgress): void {
    this.#publish([Buffer.from(commandTopic(this.#agent, progress.id)), encodeProgress(progress)]);
  }
}
