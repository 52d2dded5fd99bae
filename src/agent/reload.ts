import type { GatePlan } from "../core/index.ts";
import type { AgentOptions } from "./options.ts";

/** New options for an agent that runs: with what cannot change as it was, see `fixedChanges`. */
export function reloadable(before: AgentOptions, after: AgentOptions): AgentOptions {
  const { name, endpoints, stateDirectory, runtimeDirectory, clock, log } = before;
  const { journal = before.journal, security = before.security, ...rest } = after;
  return {
    ...rest,
    name,
    endpoints,
    stateDirectory,
    runtimeDirectory,
    clock,
    log,
    ...(before.logLevels ? { logLevels: before.logLevels } : {}),
    ...(before.journal && journal ? { journal } : {}),
    ...(before.security && security ? { security: { ...before.security, ...gateOf(security) } } : {}),
  };
}

function gateOf({ commands, exceptions, maxCommandsPerSecond }: GatePlan): GatePlan {
  return { commands, exceptions, maxCommandsPerSecond };
}
