import type { ClockQuality, DunlinError } from "../base/index.ts";
import type { KeptRecord } from "../ipc/index.ts";
import type { Envelope, Values } from "../message/index.ts";
import type { Registry } from "./registry.ts";

/** How commands at the hub reach the agents, the disk, and whoever listens. */
export interface FleetCommandPorts {
  readonly hub: string;
  /** The hub's time, which never steps, µs since 1970. */
  nowUs(): number;
  /** The host's wall clock, µs since 1970. */
  hostUs(): number;
  clock(): ClockQuality;
  /** Whether its sender may command: why not, if not. */
  gate(envelope: Envelope): DunlinError | undefined;
  readonly registry: Registry;
  /** @returns whether the agent has a link */
  send(agent: string, envelope: Buffer): boolean;
  /** The agent's reply to a query, whatever it is; undefined: it has no link. */
  ask(agent: string, query: Readonly<Record<string, unknown>>): Promise<Buffer> | undefined;
  keep(record: KeptRecord, done?: () => void): void;
  publish(frames: readonly Buffer[]): void;
  /** Further commands of the hub's own, with these arguments; they throw to fail. */
  own(args: Values): Readonly<Record<string, () => void>>;
  onFault(error: DunlinError): void;
}
