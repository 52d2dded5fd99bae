import { existsSync } from "node:fs";
import { DunlinError } from "../base/index.ts";
import { DEFAULT_CONFIG } from "./config-paths.ts";
import type { ExitCode } from "./exit-code.ts";
import { configReader } from "./read-config.ts";
import { override, type ServiceOptions } from "./service-options.ts";
import { terminal } from "./terminal.ts";

export interface AgentCommandOptions extends ServiceOptions {
  readonly sim?: boolean;
}

export async function agentCommand(options: AgentCommandOptions): Promise<ExitCode> {
  const read = configReader({ of: "agent", path: configPath(options), name: options.name });
  // Loaded while the configuration is being read.
  const [{ serve }, { Agent }, { planAgent }] = await Promise.all([
    import("./serve.ts"),
    import("../agent/index.ts"),
    import("./agent-plan.ts"),
  ]);
  return serve({
    load: async () => override(await read(), options),
    exposed: "commands every device",
    open: ({ config, descriptions }, log, logLevels) =>
      Agent.open({ ...planAgent(config, descriptions, log), logLevels }),
    reload: (agent, { config, descriptions }, log) => agent.reload(planAgent(config, descriptions, log)),
    onUp: ({ config }) => {
      if (options.sim) terminal.note(`See it:  dunlin sub -a tcp://127.0.0.1:${config.listen.port}`);
    },
  });
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
