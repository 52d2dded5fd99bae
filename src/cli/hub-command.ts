import { existsSync } from "node:fs";
import { DEFAULT_HUB_CONFIG, HUB_NAME } from "./config-paths.ts";
import type { ExitCode } from "./exit-code.ts";
import { configReader } from "./read-config.ts";
import { override, type ServiceOptions } from "./service-options.ts";

export async function hubCommand(options: ServiceOptions): Promise<ExitCode> {
  const path = options.config ?? (existsSync(DEFAULT_HUB_CONFIG) ? DEFAULT_HUB_CONFIG : undefined);
  const instead = path === undefined ? { name: HUB_NAME, ...options } : options;
  const read = configReader({ of: "hub", path, name: options.name });
  // Loaded while the configuration is being read.
  const [{ serve }, { Hub }, { planHub }] = await Promise.all([
    import("./serve.ts"),
    import("../hub/index.ts"),
    import("./agent-plan.ts"),
  ]);
  return serve({
    load: async () => override(await read(), instead),
    exposed: "commands the fleet",
    open: ({ config }, log, logLevels) => Hub.open({ ...planHub(config, log), logLevels }),
    reload: async (hub, { config }, log) => hub.reload(planHub(config, log)),
  });
}
