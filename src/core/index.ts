/** Layer 3.5: what an agent and a hub are both made of, around their sockets: who is let in, where they begin, and their journal. */
export type { SecurityPlan } from "./access.ts";
export { CommandGate, OPEN_GATE, type GatePlan } from "./command-gate.ts";
export { conditionOf, type Condition, type PartCondition } from "./condition.ts";
export { Enrolment } from "./enrolment.ts";
export { FaultLog } from "./fault-log.ts";
export { fixedChanges, type Fixed } from "./fixed.ts";
export { takeGround, type Ground } from "./ground.ts";
export { isSynchronised, watchHostClock } from "./host-clock.ts";
export { JournalLink, type JournalHandlers, type JournalProgram } from "./journal-link.ts";
export { setLogLevel } from "./log-level.ts";
export { Newcomers } from "./newcomers.ts";
export type { Durable } from "./puts.ts";
