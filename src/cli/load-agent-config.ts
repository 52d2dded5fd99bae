import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { DRIVERS } from "../../devices/index.ts";
import {
  defaultName,
  loadConfig,
  parseConfig,
  type ConfigOptions,
  type ConfigResult,
} from "../config/index.ts";
import type { AnyDriver } from "../device/index.ts";
import { SIM_CONFIG } from "./sim-config.ts";

/** Where a service's configuration is when nothing else is said. */
export const DEFAULT_CONFIG = "/etc/dunlin/agent.yaml";

/** Every driver there is, loaded. */
export function loadDrivers(): Promise<AnyDriver[]> {
  return Promise.all(Object.values(DRIVERS).map((load) => load()));
}

/**
 * @param path undefined for the simulated devices
 * @param name instead of the configuration's
 */
export async function loadAgentConfig(path: string | undefined, name?: string): Promise<ConfigResult> {
  const options: ConfigOptions = {
    environment: process.env,
    drivers: await loadDrivers(),
    defaults: {
      name: defaultName(hostname()),
      stateDirectory: (configured) => stateDirectory(name ?? configured),
      runtimeDirectory: (configured) => runtimeDirectory(name ?? configured),
    },
  };
  if (path === undefined) return parseConfig([{ file: "(simulated)", text: SIM_CONFIG }], options);
  return loadConfig(path, options);
}

/** systemd's if there is one (systemd.exec(5), StateDirectory=), root's, else the user's (XDG Base Directory). */
function stateDirectory(name: string): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME } = process.env;
  if (STATE_DIRECTORY !== undefined) return STATE_DIRECTORY;
  if (userInfo().uid === 0) return join("/var/lib/dunlin", name);
  return join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "dunlin", name);
}

function runtimeDirectory(name: string): string {
  const { RUNTIME_DIRECTORY, XDG_RUNTIME_DIR } = process.env;
  if (RUNTIME_DIRECTORY !== undefined) return RUNTIME_DIRECTORY;
  const { uid } = userInfo();
  if (uid === 0) return join("/run/dunlin", name);
  return XDG_RUNTIME_DIR === undefined
    ? join(tmpdir(), `dunlin-${uid}`, name)
    : join(XDG_RUNTIME_DIR, "dunlin", name);
}
