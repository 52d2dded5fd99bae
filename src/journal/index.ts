/** Layer 2: the agent's bounded store of readings and commands on disk: what is committed survives kill -9 and power cuts. Only the store; who talks to it is another layer's affair. docs/adr/0008 has the measurements. */
export type { Quarantine } from "./archive-file.ts";
export type { CommandRow } from "./command-row.ts";
export { diskFault } from "./disk-fault.ts";
export * from "./journal.ts";
export { KeptRecords, type Kept } from "./kept-records.ts";
export type * from "./options.ts";
export type { JournaledReading, Replay, ReplayLimit } from "./replay.ts";
export { MIN_JOURNAL_BYTES } from "./sizes.ts";
