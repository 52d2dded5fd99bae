import type { AgentOptions } from "../../src/agent/index.ts";
import { startAgentOf, type AnyTestHub } from "./hub.ts";
import { RawComponent } from "./raw-component.ts";
import type { TestAgent } from "./agent.ts";

const DEVICES = { pump: { commands: { once: { arguments: {} } } } };

/** A real agent of a hub, with a device that runs the command `once` and counts how often. */
export interface PumpAgent {
  readonly name: string;
  readonly test: TestAgent;
  /** Ids of the commands that the device was given, in order. */
  readonly ran: readonly string[];
  close(): Promise<void>;
}

/** @param outcome how its device ends a command; undefined: not at all */
export async function startPumpAgent(
  hub: AnyTestHub,
  name: string,
  outcome: () => "succeeded" | "failed" | undefined = () => "succeeded",
  options: Partial<AgentOptions> = {},
): Promise<PumpAgent> {
  const test = await startAgentOf(hub, name, { components: [{ kind: "foreign", name: "raw" }], ...options });
  const { raw } = await RawComponent.attach(test, "raw", DEVICES);
  const ran: string[] = [];
  void serve(raw, ran, outcome);
  return {
    name,
    test,
    ran,
    close: async () => {
      raw.close();
      await test.close();
    },
  };
}

async function serve(raw: RawComponent, ran: string[], outcome: () => string | undefined): Promise<void> {
  for (let from = 0; ;) {
    const said = await raw.next(({ verb }) => verb === "command", from).catch(() => undefined);
    if (!said) return;
    from = raw.heard.indexOf(said) + 1;
    const id = String(said.message["id"]);
    ran.push(id);
    const state = outcome();
    if (state !== undefined)
      raw.say("progress", { id, state, ...(state === "failed" ? { reason: "stuck" } : {}) });
  }
}
