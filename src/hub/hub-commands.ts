import { DunlinError } from "../base/index.ts";
import type { Values } from "../message/index.ts";
import type { FleetCommand } from "./fleet-command.ts";

/** What the hub's own commands act on; each throws to fail. */
export interface HubCommandPorts {
  get(id: string): FleetCommand | undefined;
  /** It goes to no further agent. */
  cancel(one: FleetCommand): void;
  pause(one: FleetCommand, isPaused: boolean): void;
  /** Further ones, with these arguments. */
  own(args: Values): Readonly<Record<string, () => void>>;
}

/**
 * What a hub itself can be told to do. Each may be run twice.
 * @throws DunlinError `command-unknown`
 */
export function hubCommand(name: string, args: Values, ports: HubCommandPorts): () => void {
  const own: Readonly<Record<string, () => void>> = {
    "cancel-command": () => ports.cancel(underWay(args, ports)),
    "pause-rollout": () => ports.pause(rollout(args, ports), true),
    "resume-rollout": () => ports.pause(rollout(args, ports), false),
    ...ports.own(args),
  };
  const run = Object.hasOwn(own, name) ? own[name] : undefined;
  if (run) return run;
  throw new DunlinError("command-unknown", `a hub knows ${Object.keys(own).join(", ")}, and not ${name}`);
}

function underWay({ id }: Values, ports: HubCommandPorts): FleetCommand {
  const one = ports.get(String(id));
  if (one && !one.isOver) return one;
  throw new DunlinError(
    "not-found",
    one ? `command ${one.id} has ended` : `no command ${String(id).slice(0, 64)} is under way`,
  );
}

function rollout(args: Values, ports: HubCommandPorts): FleetCommand {
  const one = underWay(args, ports);
  if (one.phase === "running" || one.phase === "paused") return one;
  throw new DunlinError("not-found", `command ${one.id} goes to no further agent: it is ${one.phase}`);
}
