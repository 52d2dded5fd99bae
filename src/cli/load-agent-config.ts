import { existsSync } from "node:fs";
import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { describedDriver, KINDS } from "../../devices/descriptions.ts";
import { DRIVERS } from "../../devices/index.ts";
import { DunlinError } from "../base/index.ts";
import {
  defaultName,
  formatFault,
  loadConfig,
  loadDescriptions,
  parseConfig,
  type Config,
  type ConfigOptions,
  type ConfigResult,
  type Descriptions,
  type DriverShelf,
} from "../config/index.ts";
import type { AnyDriver } from "../device/index.ts";
import { agentKeyPath } from "../keys/index.ts";
import { asItsService, DEFAULT_CONFIG, DEFAULT_HUB_CONFIG, HUB_NAME } from "./config-paths.ts";
import { SIM_CONFIG } from "./sim-config.ts";

const EMPTY_CONFIG = "{}";

/** Every driver there is, loaded. */
export function loadDrivers(): Promise<AnyDriver[]> {
  return Promise.all(Object.values(DRIVERS).map((load) => load()));
}

function load(name: string): Promise<AnyDriver> {
  const driver = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
  if (!driver) throw new DunlinError("driver-unknown", `there is no driver ${name}`);
  return driver();
}

export type AgentConfigResult =
  | Extract<ConfigResult, { ok: false }>
  /** `descriptions`: of the drivers that are described beside the configuration, by name. */
  | (Extract<ConfigResult, { ok: true }> & { readonly descriptions: ReadonlyMap<string, unknown> });

/**
 * @param path undefined for the simulated devices
 * @param name instead of the configuration's
 */
export async function loadAgentConfig(
  path: string | undefined,
  name?: string,
  hasKeys = (keysDirectory: string): boolean => existsSync(agentKeyPath(keysDirectory)),
  text = SIM_CONFIG,
): Promise<AgentConfigResult> {
  const { descriptions, faults } = path === undefined ? NOTHING_DESCRIBED : await loadDescribed(path);
  const described = new Map(descriptions.map(({ name, value }) => [name, value]));
  const options: ConfigOptions<DriverShelf> = {
    hasKeys,
    environment: process.env,
    drivers: {
      names: [...Object.keys(DRIVERS), ...described.keys()],
      load: async (name) =>
        described.has(name) ? describedDriver(name, described.get(name)) : await load(name),
    },
    defaults: {
      name: defaultName(hostname()),
      stateDirectory: (configured) => stateDirectory(name ?? configured),
      runtimeDirectory: (configured) => runtimeDirectory(name ?? configured),
    },
  };
  const result =
    path === undefined
      ? parseConfig([{ file: "(simulated)", text }], { ...options, drivers: await loadDrivers() })
      : await loadConfig(path, options);
  // What is wrong in a description makes its driver unknown: that is said first.
  if (faults.length > 0) return { ok: false, faults: [...faults, ...(result.ok ? [] : result.faults)] };
  if (!result.ok) return result;
  const files = [...result.files, ...descriptions.map(({ file }) => file)];
  return { ...result, files, descriptions: described };
}

/** @param path undefined: nothing is configured, and it is called by its default name */
export async function loadHubConfig(
  path: string | undefined,
  name: string | undefined,
): Promise<AgentConfigResult> {
  const called = name ?? (path === undefined ? HUB_NAME : undefined);
  const result = await loadAgentConfig(path, called, undefined, EMPTY_CONFIG);
  if (!result.ok) return result;
  const { devices, components } = result.config;
  const [first] = [...devices, ...components];
  if (!first) return result;
  throw new DunlinError(
    "config-invalid",
    `${path}: ${first.name} belongs into the configuration of an agent: a hub has no devices and no components`,
  );
}

const NOTHING_DESCRIBED: Descriptions = { descriptions: [], faults: [] };

/** Those in the folder `drivers` beside the configuration. */
function loadDescribed(path: string): Promise<Descriptions> {
  const kinds = Object.fromEntries(Object.entries(KINDS).map(([name, { schema }]) => [name, schema]));
  return loadDescriptions(join(dirname(path), "drivers"), kinds, Object.keys(DRIVERS));
}

/** Where the agent of this host listens and has its keys, for whoever prepares it. */
export interface AgentSettings extends Pick<Config, "name" | "listen"> {
  readonly keysDirectory: string;
}

/**
 * @param path its configuration; if not given the service's, and without one an agent's that has none
 * @throws DunlinError `config-invalid`
 */
export async function agentSettings(path: string | undefined): Promise<AgentSettings> {
  const file = path ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  return settingsOf(file);
}

/** The same of the hub of this host. @throws DunlinError `config-invalid` */
export async function hubSettings(path: string | undefined): Promise<AgentSettings> {
  const file = path ?? (existsSync(DEFAULT_HUB_CONFIG) ? DEFAULT_HUB_CONFIG : undefined);
  return settingsOf(file);
}

async function settingsOf(file: string | undefined): Promise<AgentSettings> {
  asItsService(file);
  const result = await loadAgentConfig(file, undefined, () => true);
  if (!result.ok)
    throw new DunlinError("config-invalid", result.faults.map((fault) => formatFault(fault)).join("\n"));
  const { name, listen, security } = result.config;
  return { name, listen, keysDirectory: security.keysDirectory };
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
