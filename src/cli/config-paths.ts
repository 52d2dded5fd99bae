/** Where a service's configuration is when nothing else is said. */
export const DEFAULT_CONFIG = "/etc/dunlin/agent.yaml";
export const DEFAULT_HUB_CONFIG = "/etc/dunlin/hub.yaml";
/** A hub that has no configuration. */
export const HUB_NAME = "hub";
