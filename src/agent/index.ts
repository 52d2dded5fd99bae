/** Layer 4: the core of an agent. Everything that the agent is, except its ports and drivers, which a bridge runs in a process of its own. */
export { Agent } from "./agent.ts";
export type { AgentOptions, BridgePlan, ComponentPlan, ForeignPlan } from "./options.ts";
export type { UplinkPlan } from "./uplink.ts";
