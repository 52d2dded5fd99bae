import * as Type from "typebox";
import {
  type ConfigFault,
  type ConfigOptions,
  type ConfigResult,
  type DriverShelf,
  parseConfig,
} from "../../src/config/index.ts";

/** Drivers as the configuration sees them: all kinds of settings that a driver may have. */
export const DRIVERS = [
  {
    name: "nmea0183",
    settings: Type.Object({
      talkers: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 2 }))),
    }),
  },
  { name: "pms5003", settings: Type.Object({}) },
  {
    name: "json-lines",
    settings: Type.Object(
      {
        format: Type.Enum(["json", "key-value", "csv"], { description: "What a line is.", default: "json" }),
        columns: Type.Array(Type.String(), { description: "Names, in the order of the line.", minItems: 1 }),
        separator: Type.Optional(Type.Union([Type.Literal("comma"), Type.Literal("tab")])),
        scale: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        units: Type.Optional(Type.Record(Type.String(), Type.String())),
        origin: Type.Optional(Type.Object({ latitude: Type.Number({ minimum: -90, maximum: 90 }) })),
      },
      { additionalProperties: false },
    ),
  },
];

export const OPTIONS: ConfigOptions = {
  environment: { SITE: "north", BAUD: "38400", PORT: "/dev/ttyS1", EMPTY: "", LEVEL: "debug", YES: "true" },
  drivers: DRIVERS,
  defaults: {
    name: "host-1",
    stateDirectory: (name) => `/var/lib/dunlin/${name}`,
    runtimeDirectory: () => "/run/dunlin",
  },
};

/** The same, of which only what is named is fetched; another is not there. */
export const FROM_SHELF: ConfigOptions<DriverShelf> = {
  ...OPTIONS,
  drivers: {
    names: DRIVERS.map(({ name }) => name),
    load: async (name) => {
      const found = DRIVERS.find((driver) => driver.name === name);
      if (!found) throw new Error(`${name} is on no shelf`);
      return found;
    },
  },
};

/** One text as agent.yaml, or several files by name. */
export function parsed(text: string | Record<string, string>): ConfigResult {
  const files = typeof text === "string" ? { "agent.yaml": text } : text;
  return parseConfig(
    Object.entries(files).map(([file, content]) => ({ file, text: content })),
    OPTIONS,
  );
}

/** `agent.yaml:7:5: message`, one a fault. */
export function faultLines(result: ConfigResult): string[] {
  return result.ok ? [] : result.faults.map(faultLine);
}

export function faultLine({ file, line, column, message }: ConfigFault): string {
  return `${file}:${line}:${column}: ${message}`;
}
