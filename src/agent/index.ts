/** Layer 4: the core of an agent. Everything that the agent is, except its ports and drivers, which a bridge runs in a process of its own. */
export { Agent } from "./agent.ts";
export type { AgentOptions, BridgePlan, ComponentPlan, ForeignPlan } from "./options.ts";
// Its parts, for what stands for an agent before a hub: fleet-sim.
export { CommandNews } from "./command-news.ts";
export { Commands } from "./commands.ts";
export { DeviceTable } from "./device-table.ts";
export { OWN_COMMANDS } from "./own-commands.table.ts";
export { Presence, type Identity } from "./presence.ts";
export { answer } from "./queries.ts";
export { StreamTable } from "./streams.ts";
export { Uplink, type UplinkPlan } from "./uplink.ts";
