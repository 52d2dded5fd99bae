import { existsSync } from "node:fs";

/** Where a service's configuration is when nothing else is said. */
export const DEFAULT_CONFIG = "/etc/dunlin/agent.yaml";
export const DEFAULT_HUB_CONFIG = "/etc/dunlin/hub.yaml";
/** A hub that has no configuration. */
export const HUB_NAME = "hub";
/** Where an agent or hub is that is configured no other way. */
export const DEFAULT_ADDRESS = "tcp://127.0.0.1:5555";
/** Where the sockets of a service are (RuntimeDirectory= of its unit). */
const AGENT_SOCKETS = "/run/dunlin";
const HUB_SOCKETS = "/run/dunlin-hub";
/** Where to look for the service that a command is for; what only a hub can do is not asked of an agent. */
export const SERVICE_SOCKETS = { any: [AGENT_SOCKETS, HUB_SOCKETS], hub: [HUB_SOCKETS] } as const;

/** The folders of a service are where its unit says, and whoever asks for them here is not run by systemd. @param file its configuration */
export function asItsService(file: string | undefined): void {
  const service = serviceOf(file);
  if (service === undefined) return;
  process.env["STATE_DIRECTORY"] ??= `/var/lib/${service}`;
  process.env["RUNTIME_DIRECTORY"] ??= `/run/${service}`;
}

/** The unit that runs the agent or hub of this configuration, if one does. */
export function serviceOf(file: string | undefined): string | undefined {
  if (file === DEFAULT_CONFIG) return "dunlin";
  if (file === DEFAULT_HUB_CONFIG) return "dunlin-hub";
  const instance = /^\/etc\/dunlin\/([^/]+)\.yaml$/.exec(file ?? "")?.[1];
  return instance !== undefined && existsSync(`/var/lib/dunlin@${instance}`)
    ? `dunlin@${instance}`
    : undefined;
}
