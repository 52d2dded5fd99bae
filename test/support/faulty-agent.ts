import { join } from "node:path";
import type { BridgePlan } from "../../src/agent/index.ts";
import { startAgent, type TestAgent } from "./agent.ts";

const BRIDGE = join(import.meta.dirname, "faulty-bridge.ts");

/** An agent whose bridges run the drivers of faulty-bridge.ts. @param bridges devices and their drivers, by bridge */
export function startFaultyAgent(
  bridges: Record<string, Record<string, "counter" | "thrower">>,
): Promise<TestAgent> {
  return startAgent({ components: Object.entries(bridges).map(([name, devices]) => plan(name, devices)) });
}

function plan(name: string, devices: Record<string, string>): BridgePlan {
  const plans = Object.entries(devices).map(([device, driver]) => [
    device,
    { driver, port: "sim://", line: {}, settings: {} },
  ]);
  return {
    kind: "bridge",
    name,
    program: { command: process.execPath, args: [BRIDGE] },
    devices: Object.fromEntries(plans),
  };
}

/** A query's answer as far as the fault tests read it. */
export interface Status {
  readonly components: Record<string, { phase: string; starts: number; pid: number }>;
  readonly devices: Record<string, { state: string; seq: number; counters: Record<string, number> }>;
}

export async function statusOf({ client }: TestAgent): Promise<Status> {
  return (await client.query("status")) as Status;
}
