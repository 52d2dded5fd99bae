/** Layer 4: the process that keeps the journal, so that a slow disk holds up nothing but itself. */
export { runJournal, type JournalingOptions } from "./journaling.ts";
export type { JournalPlan } from "./plan.ts";
