import { DRIVERS } from "../../devices/index.ts";
import { DunlinError } from "../base/index.ts";
import { runBridge } from "../bridge/index.ts";
import { COMPONENT_VARIABLE, ENDPOINT_VARIABLE } from "../ipc/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** A part of the agent, in the process that the agent has started for it. Ends when the agent does. */
export async function componentCommand(role: string): Promise<ExitCode> {
  const endpoint = process.env[ENDPOINT_VARIABLE];
  const name = process.env[COMPONENT_VARIABLE];
  if (role !== "bridge" || endpoint === undefined || name === undefined)
    throw new DunlinError("usage", "this is started by the agent, not by hand");
  process.title = `dunlin ${name}`;
  // A signal to the whole process group (Ctrl-C) is the agent's to answer.
  process.on("SIGINT", () => {});
  await runBridge({ endpoint, name, drivers: DRIVERS, orphaned: orphaned() });
  return EXIT.ok;
}

/** The agent holds the other end of our standard input: it closes however the agent ends, even by SIGKILL. */
function orphaned(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.on("end", resolve).on("error", () => resolve());
    process.stdin.resume();
  });
}
