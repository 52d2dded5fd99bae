import { dirname, join } from "node:path";
import * as Type from "typebox";
import { check, type Narrow } from "./check.ts";
import type {
  ComponentConfig,
  Config,
  ConfigDefaults,
  ConfigResult,
  DeviceConfig,
  ShapeConfig,
} from "./config.ts";
import { parseDuration } from "./duration.ts";
import type { Environment } from "./environment.ts";
import { DeviceSchema } from "./device-schema.ts";
import { Faults } from "./fault.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { merge } from "./merge.ts";
import { entriesAt, type MapNode, textOf } from "./node.ts";
import { parse } from "./parse.ts";
import { listFolder, readSource } from "./read.ts";
import { checkHttp, checkReach, checkRules } from "./rules.ts";
import { ConfigSchema, type ConfigValues, type DriverSchema, settingsSchema } from "./schema.ts";
import { type Source, sourceOf } from "./source.ts";

/** Drivers of which only those that are named need be there. */
export interface DriverShelf {
  /** Of every driver that a device may name. */
  readonly names: readonly string[];
  load(name: string): Promise<DriverSchema>;
}

export interface ConfigOptions<Drivers = Iterable<DriverSchema>> {
  /** What `${NAME}` in values stands for: `process.env`. */
  readonly environment: Environment;
  /** Every driver that a device may name. */
  readonly drivers: Drivers;
  readonly defaults: ConfigDefaults;
  /** Whether an agent with this folder of keys has keys of its own. Default: none has. */
  readonly hasKeys?: (keysDirectory: string) => boolean;
}

/**
 * Reads one file and what is in `conf.d/*.yaml` beside it, in the order of their names, and merges them.
 * Never throws for anything that is wrong with the files.
 * @param path of the main file; it is named in faults as it is given here
 */
export async function loadConfig(path: string, options: ConfigOptions<DriverShelf>): Promise<ConfigResult> {
  const faults = new Faults();
  const folder = join(dirname(path), "conf.d");
  const files = [path, ...(await listFolder(folder, faults))];
  const sources = await Promise.all(files.map((file, order) => readSource(file, order, faults)));
  const root = rootOf(sources, options.environment, faults);
  const drivers = await fromShelf(options.drivers, root && driversIn(root));
  return configOf(root, sources, { ...options, drivers }, faults);
}

/**
 * The same for texts that are at hand already, merged in the order given.
 * @param texts `file` is what faults call it
 */
export function parseConfig(
  texts: readonly { readonly file: string; readonly text: string }[],
  options: ConfigOptions,
): ConfigResult {
  const faults = new Faults();
  const sources = texts.map(({ file, text }, order) => sourceOf(file, text, order));
  return configOf(rootOf(sources, options.environment, faults), sources, options, faults);
}

type Sources = readonly (Source | undefined)[];

function rootOf(sources: Sources, environment: Environment, faults: Faults): MapNode | undefined {
  return mergeAll(
    sources.map((source) => source && parse(source, environment, faults)),
    faults,
  );
}

function driversIn(root: MapNode): string[] {
  return [...entriesAt(root, "devices")].flatMap(([, { value }]) =>
    value.kind === "map" ? (textOf(value.entries.get("driver")?.value) ?? []) : [],
  );
}

/** Those that nobody names are there by name, for the sake of hints. */
function fromShelf(shelf: DriverShelf, named: readonly string[] = []): Promise<DriverSchema[]> {
  const wanted = new Set(named);
  const one = async (name: string): Promise<DriverSchema> =>
    wanted.has(name) ? shelf.load(name) : { name, settings: UNUSED };
  return Promise.all(shelf.names.map(one));
}

const UNUSED = Type.Object({});

function configOf(
  root: MapNode | undefined,
  sources: Sources,
  options: ConfigOptions,
  faults: Faults,
): ConfigResult {
  const values = root && valuesOf(root, [...options.drivers], faults);
  const config = values && faults.count === 0 ? configFrom(values, options.defaults) : undefined;
  if (root && config) checkHttp(root, config, faults);
  // What is on the disk is looked at only if all the rest is right.
  if (root && config)
    checkReach(root, config, options.hasKeys?.(config.security.keysDirectory) === true, faults);
  if (!config || faults.count > 0) return { ok: false, faults: faults.sorted() };
  const files = sources.flatMap((source) => (source ? [source.file] : []));
  return { ok: true, config, files };
}

/** A file that cannot be read or parsed ends it here: what is missing only for that reason must not be told as a fault of its own. */
function mergeAll(roots: readonly (MapNode | undefined)[], faults: Faults): MapNode | undefined {
  const [first, ...others] = roots;
  if (!first) return undefined;
  return others.reduce<MapNode | undefined>((into, from) => into && from && merge(into, from, faults), first);
}

function valuesOf(root: MapNode, drivers: readonly DriverSchema[], faults: Faults): ConfigValues {
  const narrow = narrowTo(drivers);
  const values = check(jsonSchemaOf(ConfigSchema), root, narrow, faults);
  checkRules(root, drivers, faults);
  return values as ConfigValues;
}

/** A device's settings are its driver's; those of a driver that nobody knows are let pass, since the driver is the fault. */
function narrowTo(drivers: readonly DriverSchema[]): Narrow {
  const device = jsonSchemaOf(DeviceSchema);
  const narrowed = (properties: Record<string, JsonSchema>): JsonSchema => ({
    ...device,
    properties: { ...device.properties, ...properties },
  });
  const known = new Map(
    drivers.map((driver) => [driver.name, narrowed({ settings: settingsSchema(driver) })]),
  );
  const unknown = narrowed({
    driver: { type: "string", title: `a driver: ${[...known.keys()].join(", ")}` },
  });
  return (schema, map) =>
    schema === device ? (known.get(textOf(map.entries.get("driver")?.value) ?? "") ?? unknown) : schema;
}

function configFrom(values: ConfigValues, defaults: ConfigDefaults): Config {
  const name = values.name ?? defaults.name;
  const stateDirectory = values.stateDirectory ?? defaults.stateDirectory(name);
  const { keysDirectory = join(stateDirectory, "keys") } = values.security;
  return {
    ...values,
    name,
    stateDirectory,
    security: { ...values.security, keysDirectory },
    runtimeDirectory: values.runtimeDirectory ?? defaults.runtimeDirectory(name),
    devices: Object.entries(values.devices).map(([device, plan]) => deviceFrom(device, plan)),
    components: Object.entries(values.components).map(([component, plan]): ComponentConfig => ({
      name: component,
      ...plan,
    })),
  };
}

function deviceFrom(
  name: string,
  { silence, shape, ...device }: ConfigValues["devices"][string],
): DeviceConfig {
  const silenceMs = silence === undefined ? undefined : parseDuration(silence);
  const shapes = Object.entries(shape).map(([metric, one]) => [metric, shapeFrom(one)] as const);
  return {
    name,
    ...device,
    shape: Object.fromEntries(shapes),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  };
}

function shapeFrom({
  minInterval,
  maxInterval,
  ...shape
}: ConfigValues["devices"][string]["shape"][string]): ShapeConfig {
  const minIntervalMs = minInterval === undefined ? undefined : parseDuration(minInterval);
  const maxIntervalMs = maxInterval === undefined ? undefined : parseDuration(maxInterval);
  return {
    ...shape,
    ...(minIntervalMs === undefined ? {} : { minIntervalMs }),
    ...(maxIntervalMs === undefined ? {} : { maxIntervalMs }),
  };
}
