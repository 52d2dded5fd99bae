import { formatFault, jsonSchema, type ConfigFault } from "../config/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { DEFAULT_CONFIG } from "./config-paths.ts";
import { loadAgentConfig, loadDrivers } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";

export async function checkCommand(
  file: string | undefined,
  options: { readonly config?: string; readonly json?: boolean },
): Promise<ExitCode> {
  const result = await loadAgentConfig(file ?? options.config ?? DEFAULT_CONFIG);
  if (!result.ok) {
    showFaults(result.faults, options.json === true);
    return EXIT.usage;
  }
  const { config, files } = result;
  const summary = {
    name: config.name,
    files,
    devices: config.devices.length,
    components: config.components.length,
  };
  const text = `${files.join(", ")}: right. Agent ${summary.name}, ${count(summary.devices, "device")}, ${count(summary.components, "component")}.`;
  terminal.print(options.json ? JSON.stringify({ ok: true, ...summary }) : text);
  return EXIT.ok;
}

/** Every fault, as a compiler would tell it. */
export function showFaults(faults: readonly ConfigFault[], json: boolean): void {
  for (const fault of faults)
    if (json) terminal.print(JSON.stringify({ ok: false, ...fault, source: undefined }));
    else terminal.note(formatFault(fault, { colour: process.stderr.isTTY }));
  if (!json) terminal.note(`${count(faults.length, "fault")} in the configuration`);
}

export async function schemaCommand(): Promise<ExitCode> {
  terminal.print(JSON.stringify(jsonSchema(await loadDrivers()), null, 2));
  return EXIT.ok;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
