import type { Log, LogLevels } from "../base/index.ts";
import type { Endpoints } from "../bus/index.ts";
import type { JournalProgram, SecurityPlan } from "../core/index.ts";

/** Everything a hub needs to run; the command line makes it from the configuration. */
export interface HubOptions {
  readonly name: string;
  readonly version: string;
  readonly endpoints: Endpoints;
  /** Where the epoch is kept. */
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  /** Its journal and its records. */
  readonly journal: JournalProgram;
  /** Who is let in, agents too. Without a key of the hub's own everybody is, and agents are who they say they are. */
  readonly security: SecurityPlan;
  readonly log: Log;
  /** Of that log. Absent: they cannot be changed while the hub runs. */
  readonly logLevels?: LogLevels;
}
