/** Layer 4.5: agents of which there is only what a hub sees: the real link, births, readings, replays and commands, many in one process. */
export { SimFleet, type FleetPlan, type FleetCounts } from "./sim-fleet.ts";
