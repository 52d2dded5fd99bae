import { existsSync } from "node:fs";
import { Hub } from "../hub/index.ts";
import { ended, openAgentLog, override, type AgentCommandOptions } from "./agent-command.ts";
import { planHub } from "./agent-plan.ts";
import { showFaults } from "./check-command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { openInsight } from "./insight.ts";
import { DEFAULT_HUB_CONFIG, HUB_NAME, loadHubConfig } from "./load-agent-config.ts";

type HubCommandOptions = Omit<AgentCommandOptions, "sim">;

/** Runs until SIGINT or SIGTERM. */
export async function hubCommand(options: HubCommandOptions): Promise<ExitCode> {
  const path = options.config ?? (existsSync(DEFAULT_HUB_CONFIG) ? DEFAULT_HUB_CONFIG : undefined);
  const result = await loadHubConfig(path, options.name);
  if (!result.ok) {
    showFaults(result.faults, false);
    return EXIT.usage;
  }
  const config = override(result.config, path === undefined ? { name: HUB_NAME, ...options } : options);
  const log = openAgentLog(config);
  if (config.listen.insecure)
    log.warn(
      "listen.insecure is set: whoever reaches these sockets reads everything and commands the fleet",
      {
        address: config.listen.address,
      },
    );
  const insight = await openInsight(config, log);
  const hub = await Hub.open(planHub(config, log));
  insight?.show(hub);
  const signal = await ended();
  log.info(`${signal}: stopping`);
  await hub.close();
  insight?.close();
  return EXIT.ok;
}
