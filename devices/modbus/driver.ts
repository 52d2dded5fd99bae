import * as Type from "typebox";
import { LINE_8N1, type Driver, type LineSettings } from "../../src/device/index.ts";
import type { Metrics } from "../../src/message/index.ts";
import type { Transport } from "./frames.ts";
import { isBits, tableOf } from "./poll-plan.ts";
import type { Profile, ProfileMetric } from "./profile.ts";
import { PROFILES, profileNamed } from "./profiles.ts";
import { ModbusSession } from "./session.ts";
import { ModbusSimulator } from "./simulator.ts";
import { commandsOf } from "./writing.ts";

/** What every Modbus device is set with. */
export interface ModbusSettings {
  readonly unit: number;
  readonly transport: Transport;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly gapMs: number;
}

interface ProfiledSettings extends ModbusSettings {
  readonly profile: string;
}

/** @param unit the address that such devices have when they are new */
export function modbusSettings(unit: number) {
  return {
    unit: Type.Integer({
      description:
        "The device's address on the bus, 1 to 247; 248 and 254 mean whoever is there to some devices.",
      minimum: 1,
      maximum: 255,
      default: unit,
    }),
    transport: Type.Enum(["rtu", "tcp"], {
      description:
        "How frames go over the line. rtu: a serial line, or a serial server that passes bytes on; tcp: Modbus TCP",
      default: "rtu",
    }),
    pollMs: Type.Integer({
      description:
        "From one poll to the next, ms. A device that does not answer is asked more and more rarely, down to once a minute",
      minimum: 10,
      maximum: 86_400_000,
      default: 1_000,
    }),
    timeoutMs: Type.Integer({
      description: "How long an answer may take, ms. On a shared bus the others wait for it",
      minimum: 5,
      maximum: 60_000,
      default: 300,
    }),
    retries: Type.Integer({
      description: "How often a poll without an answer is tried again at once",
      minimum: 0,
      maximum: 10,
      default: 1,
    }),
    gapMs: Type.Integer({
      description:
        "Silence after each exchange, ms: at least 3.5 characters, 4 ms at 9600 baud and 16 ms at 2400",
      minimum: 0,
      maximum: 1_000,
      default: 5,
    }),
  };
}

/** Three polls, or ten seconds. */
const SILENT_POLLS = 3;
const MIN_SILENCE_MS = 10_000;

/** A slave on an RS-485 bus or behind TCP, with one of the profiles of this folder. */
export const modbus: Driver<ProfiledSettings> = {
  name: "modbus",
  title: "Modbus RTU and TCP devices, by profile (energy meters, solar chargers, sensors)",
  settings: Type.Object({
    profile: Type.Enum(Object.keys(PROFILES), {
      description: "What the device has in its registers",
      default: "sdm120",
    }),
    ...modbusSettings(1),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  isShared: true,
  describe: (settings) => describe(profileNamed(settings.profile), settings),
  open: (settings) => new ModbusSession(profileNamed(settings.profile), settings),
  simulate: ({ profile, unit, transport }, random) =>
    new ModbusSimulator(profileNamed(profile), unit, transport, random),
};

/** A driver of its own for one profile: what a user has described in YAML. */
export function modbusDriver(
  name: string,
  profile: Profile,
  line: LineSettings,
  unit: number,
): Driver<ModbusSettings> {
  return {
    name,
    title: profile.title,
    settings: Type.Object(modbusSettings(unit)),
    line,
    isShared: true,
    describe: (settings) => describe(profile, settings),
    open: (settings) => new ModbusSession(profile, settings),
    simulate: ({ unit: own, transport }, random) => new ModbusSimulator(profile, own, transport, random),
  };
}

function describe(profile: Profile, { pollMs }: ModbusSettings): ReturnType<Driver["describe"]> {
  const metrics: Metrics = Object.fromEntries(
    Object.entries(profile.metrics).map(([name, metric]) => [name, metricOf(profile, metric)]),
  );
  const silenceMs = Math.max(SILENT_POLLS * pollMs, MIN_SILENCE_MS);
  return { metrics, commands: commandsOf(profile), silenceMs };
}

function metricOf(profile: Profile, metric: ProfileMetric): Metrics[string] {
  const { bit, values, unit, description } = metric;
  const isBoolean = bit !== undefined || isBits(tableOf(profile, metric));
  return {
    type: isBoolean ? "boolean" : values ? "text" : "number",
    ...(unit === undefined ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
  };
}
