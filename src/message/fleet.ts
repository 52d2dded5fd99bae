import type { CommandState } from "./command.ts";
import type { Values } from "./description.ts";

/** One agent as a hub tells of it, in the query `fleet`. */
export interface FleetMember {
  readonly agent: string;
  readonly online: boolean;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly epoch: number;
  /** µs since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Device's state by name. */
  readonly devices: Readonly<Record<string, string>>;
  /** Readings that the agent had to withhold from the hub for want of credit; it has them in its journal. */
  readonly withheld: number;
}

/**
 * Where a command of a hub's stands at one agent. `waiting`: the agent has not been sent it; `sent`: it has, and has not said
 * anything yet.
 */
export interface AgentRun {
  readonly agent: string;
  readonly state: "waiting" | "sent" | CommandState;
  /** µs since 1970, of this state. */
  readonly time: number;
  readonly code?: string;
  readonly reason?: string;
  readonly result?: Values;
}

/** A page of a list at a hub, in the order of the agents' names. The next one comes `after` its last. */
export interface Page<T> {
  readonly total: number;
  readonly entries: readonly T[];
  /** There are more after the last. */
  readonly more: boolean;
}
