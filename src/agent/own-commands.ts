import { DunlinError, type Log, type LogLevels } from "../base/index.ts";
import { setLogLevel } from "../core/index.ts";
import type { Command } from "../message/index.ts";

/** What the agent's own commands act on. */
export interface OwnCommandPorts {
  /** Those that can be started again. */
  components(): readonly string[];
  restart(component: string): void;
  levelsChanged(): void;
  readonly log: Log;
  readonly logLevels?: LogLevels;
}

/** The link to the hub logs as one, and nobody can restart it. */
const HUB_LINK = "hub";

/**
 * Runs a command of `OWN_COMMANDS` that has been checked against it.
 * @throws DunlinError `target-unknown`, `command-unknown`
 */
export function runOwnCommand({ name, args }: Command, ports: OwnCommandPorts): void {
  const components = ports.components();
  if (name === "set-log-level") {
    setLogLevel(args, [...components, HUB_LINK], ports.log, ports.logLevels);
    return ports.levelsChanged();
  }
  const component = String(args["component"]);
  if (!components.includes(component))
    throw new DunlinError("target-unknown", `no component ${component}: there are ${components.join(", ")}`);
  ports.restart(component);
}
