import { DunlinError, settleLater } from "../base/index.ts";
import { COMPONENT_VARIABLE, ENDPOINT_VARIABLE } from "../ipc/index.ts";
import type { AnyDriver } from "../device/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

interface Part {
  readonly endpoint: string;
  readonly name: string;
  readonly orphaned: Promise<void>;
}

/** Each loads only what it needs: what is loaded is in memory for good. */
const ROLES = {
  bridge: async (part: Part) => {
    const [{ runBridge }, { DRIVERS }] = await Promise.all([
      import("../bridge/index.ts"),
      import("../../devices/index.ts"),
    ]);
    const describe = async (name: string, description: unknown): Promise<AnyDriver> => {
      const { describedDriver } = await import("../../devices/descriptions.ts");
      return describedDriver(name, description);
    };
    await runBridge({ ...part, drivers: { shipped: DRIVERS, describe } });
  },
  journal: async (part: Part) => {
    const { runJournal } = await import("../journaling/index.ts");
    await runJournal(part);
  },
} as const;

/** A part of the agent, in the process that the agent has started for it. Ends when the agent does. */
export async function componentCommand(role: string): Promise<ExitCode> {
  const endpoint = process.env[ENDPOINT_VARIABLE];
  const name = process.env[COMPONENT_VARIABLE];
  const run = Object.hasOwn(ROLES, role) ? ROLES[role as keyof typeof ROLES] : undefined;
  if (!run || endpoint === undefined || name === undefined)
    throw new DunlinError("usage", "this is started by the agent, not by hand");
  process.title = `dunlin ${name}`;
  // A signal to the whole process group (Ctrl-C) is the agent's to answer.
  process.on("SIGINT", () => {});
  settleLater();
  await run({ endpoint, name, orphaned: orphaned() });
  return EXIT.ok;
}

/** The agent holds the other end of our standard input: it closes however the agent ends, even by SIGKILL. */
function orphaned(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on("end", resolve).on("error", () => resolve());
    process.stdin.resume();
  });
}
