import { existsSync } from "node:fs";
import { Agent } from "../agent/index.ts";
import { DunlinError, openLog, type Log, type LogLevel } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { checkName } from "../message/index.ts";
import { openJournalLog } from "../systemd/index.ts";
import { planAgent } from "./agent-plan.ts";
import { showFaults } from "./check-command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { DEFAULT_CONFIG, loadAgentConfig } from "./load-agent-config.ts";
import { openInsight } from "./insight.ts";
import { Service } from "./service.ts";
import { terminal } from "./terminal.ts";

export interface AgentCommandOptions {
  readonly config?: string;
  readonly sim?: boolean;
  readonly name?: string;
  readonly port?: number;
  readonly logLevel?: LogLevel;
  readonly logFormat?: "auto" | "json" | "text";
}

/** Runs until SIGINT or SIGTERM. */
export async function agentCommand(options: AgentCommandOptions): Promise<ExitCode> {
  const service = new Service(process.env);
  const result = await loadAgentConfig(configPath(options), options.name);
  if (!result.ok) {
    showFaults(result.faults, false);
    return EXIT.usage;
  }
  const config = override(result.config, options);
  const log = openAgentLog(config);
  if (config.listen.insecure)
    log.warn(
      "listen.insecure is set: whoever reaches these sockets reads everything and commands every device",
      {
        address: config.listen.address,
      },
    );
  const insight = await openInsight(config, log);
  const agent = await Agent.open(planAgent(config, result.descriptions, log));
  insight?.show(agent);
  service.watch(agent);
  if (options.sim) terminal.note(`See it:  dunlin sub -a tcp://127.0.0.1:${config.listen.port}`);
  const signal = await ended();
  service.stopping();
  log.info(`${signal}: stopping`);
  await agent.close();
  insight?.close();
  return EXIT.ok;
}

/** @returns undefined for the simulated devices */
function configPath({ config, sim }: AgentCommandOptions): string | undefined {
  if (sim && config !== undefined) throw new DunlinError("usage", "--sim and --config exclude each other");
  if (sim) return undefined;
  if (config === undefined && !existsSync(DEFAULT_CONFIG))
    throw new DunlinError(
      "config-unreadable",
      `there is no ${DEFAULT_CONFIG}: name a configuration with -c, or try \`dunlin agent --sim\``,
    );
  return config ?? DEFAULT_CONFIG;
}

export function override(config: Config, { name, port, logLevel, logFormat }: AgentCommandOptions): Config {
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_532))
    throw new DunlinError("usage", "--port takes a whole number from 1 to 65532");
  return {
    ...config,
    name: name === undefined ? config.name : checkName(name, "--name"),
    listen: { ...config.listen, port: port ?? config.listen.port },
    log: { level: logLevel ?? config.log.level, format: logFormat ?? config.log.format },
  };
}

export function openAgentLog({ log }: Config): Log {
  const journal = log.format === "auto" ? openJournalLog(log.level, process.env) : undefined;
  if (journal) return journal;
  const format = log.format === "auto" ? (process.stderr.isTTY ? "text" : "json") : log.format;
  return openLog({ level: log.level, format, write: (line) => process.stderr.write(line) });
}

export function ended(): Promise<string> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}
