import { existsSync } from "node:fs";
import { Hub } from "../hub/index.ts";
import { planHub } from "./agent-plan.ts";
import type { ExitCode } from "./exit-code.ts";
import { DEFAULT_HUB_CONFIG, HUB_NAME, loadHubConfig } from "./load-agent-config.ts";
import { serve } from "./serve.ts";
import { override, type ServiceOptions } from "./service-options.ts";

export function hubCommand(options: ServiceOptions): Promise<ExitCode> {
  const path = options.config ?? (existsSync(DEFAULT_HUB_CONFIG) ? DEFAULT_HUB_CONFIG : undefined);
  const instead = path === undefined ? { name: HUB_NAME, ...options } : options;
  return serve({
    load: async () => override(await loadHubConfig(path, options.name), instead),
    exposed: "commands the fleet",
    open: ({ config }, log, logLevels) => Hub.open({ ...planHub(config, log), logLevels }),
    reload: async (hub, { config }, log) => hub.reload(planHub(config, log)),
  });
}
