import { DunlinError, type LogLevel } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { checkName } from "../message/index.ts";
import type { AgentConfigResult } from "./load-agent-config.ts";

/** Of `dunlin agent` and `dunlin hub`. */
export interface ServiceOptions {
  readonly config?: string;
  readonly name?: string;
  readonly port?: number;
  readonly logLevel?: LogLevel;
  readonly logFormat?: "auto" | "json" | "text";
}

/** What the command line says instead of the configuration. @throws DunlinError `usage` */
export function override(result: AgentConfigResult, options: ServiceOptions): AgentConfigResult {
  return result.ok ? { ...result, config: overridden(result.config, options) } : result;
}

function overridden(config: Config, { name, port, logLevel, logFormat }: ServiceOptions): Config {
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_532))
    throw new DunlinError("usage", "--port takes a whole number from 1 to 65532");
  return {
    ...config,
    name: name === undefined ? config.name : checkName(name, "--name"),
    listen: { ...config.listen, port: port ?? config.listen.port },
    log: { ...config.log, level: logLevel ?? config.log.level, format: logFormat ?? config.log.format },
  };
}
