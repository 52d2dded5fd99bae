import type { ConfigFault } from "./fault.ts";
import type { ConfigValues } from "./schema.ts";

type DeviceValues = ConfigValues["devices"][string];

/** A configuration that has been checked, with every default in place. */
export interface Config extends Readonly<
  Omit<ConfigValues, "name" | "stateDirectory" | "runtimeDirectory" | "security" | "devices" | "components">
> {
  readonly name: string;
  /** Absolute path. */
  readonly stateDirectory: string;
  /** Absolute path. */
  readonly runtimeDirectory: string;
  readonly security: SecurityConfig;
  /** In the order of the files. */
  readonly devices: readonly DeviceConfig[];
  readonly components: readonly ComponentConfig[];
}

export interface SecurityConfig extends Readonly<ConfigValues["security"]> {
  /** Absolute path. */
  readonly keysDirectory: string;
}

export interface DeviceConfig extends Readonly<Omit<DeviceValues, "silence" | "settings" | "shape">> {
  readonly name: string;
  /** Without a byte for longer than this the device is silent, ms; the driver decides if absent. */
  readonly silenceMs?: number;
  /** By the driver's name of the metric, or `*`. */
  readonly shape: Readonly<Record<string, ShapeConfig>>;
  /** Fits the driver's schema, its defaults included. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Of one metric. */
export interface ShapeConfig extends Readonly<
  Omit<DeviceValues["shape"][string], "minInterval" | "maxInterval">
> {
  readonly minIntervalMs?: number;
  readonly maxIntervalMs?: number;
}

export interface ComponentConfig extends Readonly<ConfigValues["components"][string]> {
  readonly name: string;
}

/** How the line is to be set; what is absent is left to the driver. */
export type LineConfig = DeviceConfig["line"];

/** What a configuration that leaves it out gets from whoever loads it. */
export interface ConfigDefaults {
  /** The agent's name, as {@link defaultName} makes it of the host's. */
  readonly name: string;
  /** By the agent's name, whether configured or not: absolute paths. */
  readonly stateDirectory: (name: string) => string;
  readonly runtimeDirectory: (name: string) => string;
}

export type ConfigResult =
  /** `files`: those that were read, the main one first. */
  | { readonly ok: true; readonly config: Config; readonly files: readonly string[] }
  /** Every fault that was found, in the order of the files and lines; at least one. */
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };
