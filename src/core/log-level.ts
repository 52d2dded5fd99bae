import { DunlinError, LOG_LEVELS, type Log, type LogLevel, type LogLevels } from "../base/index.ts";
import type { Values } from "../message/index.ts";

/**
 * The command `set-log-level`: until the configuration is read again.
 * @param components that log as such
 * @throws DunlinError `arguments-invalid`, `target-unknown`; `command-unknown` if the levels are fixed
 */
export function setLogLevel(
  { level, component }: Values,
  components: readonly string[],
  log: Log,
  levels: LogLevels | undefined,
): void {
  if (!levels) throw new DunlinError("command-unknown", "the levels of this log are fixed");
  if (!LOG_LEVELS.includes(level as LogLevel))
    throw new DunlinError("arguments-invalid", `level must be one of ${LOG_LEVELS.join(", ")}`);
  if (component !== undefined && !components.includes(String(component)))
    throw new DunlinError("target-unknown", `no component ${component}: there are ${components.join(", ")}`);
  levels.set(level as LogLevel, component === undefined ? undefined : String(component));
  log.info(`the log's level is ${level} now`, component === undefined ? {} : { of: component });
}
