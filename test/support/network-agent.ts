import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { Network } from "./network.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");
const PORT = 5555;

const CONFIG = `
name: pi
listen: { address: ${Network.near}, port: ${PORT}, insecure: true }
log: { level: error, format: text }
devices:
  gps: { driver: nmea0183, port: "sim://" }
  greenhouse:
    driver: json-lines
    port: sim://
    settings:
      metrics: { temperature: { unit: Cel } }
      commands: { fan: { description: switch the fan, template: "fan={on}", arguments: { on: { type: boolean } } } }
`;

/** The agent `pi` on the near host, as users run it, with simulated devices. @returns its address */
export function startNetworkAgent(t: Test, network: Network): string {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const config = join(folder, "agent.yaml");
  writeFileSync(config, CONFIG);
  const env = { STATE_DIRECTORY: join(folder, "state"), RUNTIME_DIRECTORY: join(folder, "run") };
  network.node("near", [MAIN, "agent", "-c", config], env);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return `tcp://${Network.near}:${PORT}`;
}
