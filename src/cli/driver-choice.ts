import { describedDriver, KINDS } from "../../devices/descriptions.ts";
import { DRIVERS } from "../../devices/index.ts";
import { DunlinError } from "../base/index.ts";
import { formatFault, loadDescription, parseConfig } from "../config/index.ts";
import type { AnyDriver, Driver } from "../device/index.ts";

/** A driver without an agent around it, and settings that fit it. */
export interface DriverChoice {
  readonly driver: Driver<unknown>;
  readonly settings: unknown;
}

/**
 * @param name a driver's, or the file of a description
 * @param given settings as they would stand in a configuration
 * @throws DunlinError `driver-unknown`, `arguments-invalid` if the settings do not fit
 */
export async function chooseDriver(
  name: string,
  given: Readonly<Record<string, unknown>> = {},
): Promise<DriverChoice> {
  if (name.endsWith(".yaml")) {
    const described = await loadDescribedDriver(name);
    return { driver: described as unknown as Driver<unknown>, settings: settingsOf(described, given) };
  }
  const load = Object.hasOwn(DRIVERS, name) ? DRIVERS[name] : undefined;
  if (!load)
    throw new DunlinError(
      "driver-unknown",
      `no driver ${JSON.stringify(name.slice(0, 40))}: there are ${Object.keys(DRIVERS).join(", ")}`,
    );
  const driver = await load();
  return { driver: driver as unknown as Driver<unknown>, settings: settingsOf(driver, given) };
}

/** @throws DunlinError `config-invalid` with every fault and its place */
export async function loadDescribedDriver(file: string): Promise<AnyDriver> {
  const schemas = Object.fromEntries(Object.entries(KINDS).map(([kind, { schema }]) => [kind, schema]));
  const { descriptions, faults } = await loadDescription(file, schemas);
  const [description] = descriptions;
  if (faults.length > 0 || !description)
    throw new DunlinError("config-invalid", faults.map((fault) => formatFault(fault)).join("\n"));
  return describedDriver(description.name, description.value);
}

/** By way of a configuration, so that they mean here what they mean there. JSON is YAML. */
function settingsOf(driver: AnyDriver, settings: Readonly<Record<string, unknown>>): unknown {
  const text = JSON.stringify({ devices: { device: { driver: driver.name, port: "sim://", settings } } });
  const result = parseConfig([{ file: "settings", text }], {
    environment: {},
    drivers: [driver],
    defaults: { name: "host", stateDirectory: () => "/", runtimeDirectory: () => "/" },
  });
  if (!result.ok)
    throw new DunlinError("arguments-invalid", result.faults.map(({ message }) => message).join("; "));
  return result.config.devices[0]?.settings;
}

/**
 * `key=value` words of a command line; a value that is JSON is that, lists included, anything else is text.
 * @throws DunlinError `usage`
 */
export function parseSettings(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) throw new DunlinError("usage", `--set ${JSON.stringify(word)} is not key=value`);
      return [word.slice(0, at), parseValue(word.slice(at + 1))];
    }),
  );
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
