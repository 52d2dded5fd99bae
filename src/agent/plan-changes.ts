import { isDeepStrictEqual } from "node:util";
import type { BridgePlan, ComponentPlan } from "./options.ts";

/** A bridge that goes on with other devices. */
export interface ReworkedBridge {
  readonly plan: BridgePlan;
  /** Devices that are new in it, or have another plan. */
  readonly begun: readonly string[];
}

/** What another set of plans means for components that run. What it does not name is not touched. */
export interface PlanChanges {
  /** Components that are no more, or whose program is another. */
  readonly ended: readonly string[];
  readonly started: readonly ComponentPlan[];
  readonly reworked: readonly ReworkedBridge[];
  /** Devices that the bridge they were in has no more. */
  readonly goneDevices: readonly string[];
}

export function planChanges(before: readonly ComponentPlan[], after: readonly ComponentPlan[]): PlanChanges {
  const known = new Map(before.map((plan) => [plan.name, plan]));
  const wanted = new Map(after.map((plan) => [plan.name, plan]));
  return {
    ended: before.filter((plan) => !goesOn(plan, wanted.get(plan.name))).map(({ name }) => name),
    started: after.filter((plan) => !goesOn(plan, known.get(plan.name))),
    reworked: after.flatMap((plan) => {
      const old = known.get(plan.name);
      if (plan.kind !== "bridge" || old?.kind !== "bridge" || !goesOn(old, plan)) return [];
      return isDeepStrictEqual(old.devices, plan.devices) ? [] : [{ plan, begun: begunIn(old, plan) }];
    }),
    goneDevices: before.flatMap((plan) => {
      const kept = devicesOf(wanted.get(plan.name));
      return devicesOf(plan).filter((device) => !kept.includes(device));
    }),
  };
}

/** Whether one process serves both plans. */
function goesOn(one: ComponentPlan, other: ComponentPlan | undefined): boolean {
  return other?.kind === one.kind && isDeepStrictEqual(one.program, other.program);
}

function begunIn(before: BridgePlan, { devices }: BridgePlan): string[] {
  return Object.keys(devices).filter((name) => !isDeepStrictEqual(before.devices[name], devices[name]));
}

/** Those that the configuration names. */
function devicesOf(plan: ComponentPlan | undefined): string[] {
  return plan?.kind === "bridge" ? Object.keys(plan.devices) : [];
}
