import type { Log, LogLevels } from "../base/index.ts";
import type { Endpoints } from "../bus/index.ts";
import type { Program } from "../component/index.ts";
import type { JournalProgram, SecurityPlan } from "../core/index.ts";
import type { UplinkPlan } from "./uplink.ts";

/** Everything an agent needs to run; the command line makes it from the configuration. */
export interface AgentOptions {
  readonly name: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoints: Endpoints;
  /** Where the epoch is kept. */
  readonly stateDirectory: string;
  /** Where the components' sockets are; short, since a socket's path may have 107 bytes. */
  readonly runtimeDirectory: string;
  /** `synced`: the host's clock is right by other means and need not be asked. */
  readonly clock: "auto" | "synced";
  readonly components: readonly ComponentPlan[];
  /** Absent: nothing is kept, nothing can be replayed, and commands are forgotten when the agent ends. */
  readonly journal?: JournalProgram;
  /** Who is let in, and whose commands run. Absent: everybody who reaches the sockets, and everybody's. */
  readonly security?: SecurityPlan;
  /** The hub that it belongs to, if to any. */
  readonly hub?: UplinkPlan;
  readonly log: Log;
  /** Of that log. Absent: they cannot be changed while the agent runs. */
  readonly logLevels?: LogLevels;
}

/** A component that the configuration names. */
export type ComponentPlan = BridgePlan | ForeignPlan;

/** A bridge of the agent's own: a process that runs devices on ports. */
export interface BridgePlan {
  readonly kind: "bridge";
  readonly name: string;
  readonly program: Program;
  /** By device; handed to the bridge as it is. */
  readonly devices: Readonly<Record<string, { readonly driver: string }>>;
}

/** A program of the user's. */
export interface ForeignPlan {
  readonly kind: "foreign";
  readonly name: string;
  /** Absent: it attaches by itself. */
  readonly program?: Program;
}
