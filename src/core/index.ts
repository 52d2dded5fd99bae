/** Layer 3.5: what an agent and a hub are both made of, around their sockets: who is let in, where they begin, and their journal. */
export { Access, type AccessHandlers, type SecurityPlan } from "./access.ts";
export { CommandGate, OPEN_GATE, type GatePlan } from "./command-gate.ts";
export { conditionOf, type Condition, type PartCondition } from "./condition.ts";
export { Enrolment } from "./enrolment.ts";
export { nextEpoch } from "./epoch.ts";
export { FaultLog } from "./fault-log.ts";
export { watchHostClock } from "./host-clock.ts";
export { lockInstance } from "./instance-lock.ts";
export { JournalLink, type JournalHandlers, type JournalProgram } from "./journal-link.ts";
export { Newcomers } from "./newcomers.ts";
export { makePrivate } from "./private-directory.ts";
export type { Durable } from "./puts.ts";
