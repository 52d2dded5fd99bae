import * as Type from "typebox";
import { NAME_PATTERN } from "../message/index.ts";
import { DeviceSchema } from "./device-schema.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";
import { CLOSED, name } from "./schema-parts.ts";

/**
 * The whole surface of a configuration file. What has a default may be left out of a file and is there in what
 * {@link loadConfig} gives. `title` is the noun that faults are told with: "… is not a setting of a device",
 * "expected a name …".
 */

/** A driver as the configuration sees it; every driver of `devices/` is one. */
export interface DriverSchema {
  readonly name: string;
  readonly settings: Type.TObject;
  /** Whether several devices of such drivers may be on one port. Default false. */
  readonly isShared?: boolean;
}

/** The highest base port: enrolment is three above it. */
const MAX_BASE_PORT = 65_532;

const folder = (description: string, example: string) =>
  Type.String({ title: "an absolute path", pattern: "^/", description, examples: [example] });

export const ListenSchema = Type.Object(
  {
    address: Type.String({
      title: "an IP address",
      description:
        "IP address that the three sockets are bound to. By default the loopback, which nobody outside of this host reaches. Any other address needs the agent's keys (`dunlin keys new --agent`), or `insecure: true`.",
      default: "127.0.0.1",
      examples: ["127.0.0.1", "0.0.0.0", "::1"],
    }),
    port: Type.Integer({
      description:
        "Base port P: telemetry is on P, commands on P + 1, queries on P + 2; and enrolment on P + 3, while an invitation is open. Agents that share a host need ports four apart.",
      minimum: 1,
      maximum: MAX_BASE_PORT,
      default: 5555,
      examples: [5555],
    }),
    insecure: Type.Boolean({
      description:
        "Must be true to bind an address that is not the loopback without keys: then nothing is encrypted, and whoever reaches the port reads everything and commands every device. The agent warns of it at every start.",
      default: false,
    }),
  },
  { ...CLOSED, title: "listen", description: "Where clients reach the agent." },
);

const COMMAND_POLICY = Type.Enum(["open", "signed"]);

const SecuritySchema = Type.Object(
  {
    keysDirectory: Type.Optional(
      folder(
        "Where the agent's own keys are and, in `authorized/read`, `authorized/command` and `authorized/sign`, the keys that it lets in. Changes there count at once. Default: `keys` in the state directory.",
        "/var/lib/dunlin/keys",
      ),
    ),
    commands: Type.Enum(["open", "signed"], {
      description:
        "`open`: whoever may push commands may push any; `signed`: only those run that the owner of a key in `authorized/sign` has signed, whoever brings them.",
      default: "open",
    }),
    exceptions: Type.Record(
      Type.String({ pattern: `^(?:${NAME_PATTERN.slice(1, -1)}/)?${NAME_PATTERN.slice(1, -1)}$` }),
      COMMAND_POLICY,
      {
        ...CLOSED,
        title: "the exceptions",
        description:
          "Commands for which the other holds, by `<device>/<command>`, or by `<command>` for that of every device and of the agent itself.",
        default: {},
        examples: [{ "air/sleep": "open", "restart-component": "signed" }],
      },
    ),
    maxCommandsPerSecond: Type.Integer({
      description:
        "Commands taken in a second of each signer, and of all that are not signed together; ten seconds' worth may come at once. What is beyond is rejected as `overloaded`.",
      minimum: 1,
      maximum: 100_000,
      default: 1_000,
    }),
  },
  { ...CLOSED, title: "security", description: "Who is let in, and whose commands run." },
);

const LOG_LEVEL = ["error", "warn", "info", "debug"] as const;

const LogSchema = Type.Object(
  {
    level: Type.Enum([...LOG_LEVEL], {
      description:
        "The least important kind of line that is written. While the agent runs: `dunlin push <agent> set-log-level level=debug`.",
      default: "info",
    }),
    components: Type.Record(Type.String({ pattern: NAME_PATTERN }), Type.Enum([...LOG_LEVEL]), {
      ...CLOSED,
      title: "the levels of components",
      description:
        "Other levels for single components: a bridge, `journal`, `hub` (the link to it), or one of `components`.",
      default: {},
      examples: [{ bridge: "debug" }],
    }),
    format: Type.Enum(["auto", "json", "text"], {
      description:
        "`json`: one JSON object a line, for machines; `text`: for people; `auto`: text at a terminal, entries with fields where systemd leads it to journald, else json.",
      default: "auto",
    }),
  },
  { ...CLOSED, title: "log", description: "What the agent writes to standard error." },
);

const HttpSchema = Type.Object(
  {
    address: Type.String({
      title: "an IP address",
      description:
        "IP address that it listens on. Any other than the loopback needs `insecure: true`: HTTP here knows neither keys nor passwords.",
      default: "127.0.0.1",
      examples: ["127.0.0.1", "0.0.0.0", "::1"],
    }),
    port: Type.Integer({
      description:
        "Port for `/metrics` and `/healthz`. There is no default, so that agents of one host cannot meet on it; it must not be among the five from `listen.port` on.",
      minimum: 1,
      maximum: 65_535,
      examples: [9555],
    }),
    insecure: Type.Boolean({
      description:
        "Must be true to listen on an address that is not the loopback: then whoever reaches the port reads names, states, counters and reasons of failures. Nothing can be changed by it.",
      default: false,
    }),
  },
  {
    ...CLOSED,
    title: "http",
    description:
      "Metrics for Prometheus and health for monitoring, over HTTP. Without this section there is no HTTP.",
  },
);

/** What a journal's bytes are counted in: 10⁶. */
const MAX_MEGABYTES = 1_000_000;

const JournalSchema = Type.Object(
  {
    enabled: Type.Boolean({
      description:
        "false: nothing is kept. What a subscriber misses is gone, and commands are forgotten when the agent ends.",
      default: true,
    }),
    maxMegabytes: Type.Integer({
      description:
        "Most that the journal's files take together, in 10⁶ bytes. When it is full the oldest readings go, and are counted.",
      minimum: 5,
      maximum: MAX_MEGABYTES,
      default: 256,
    }),
    maxAgeDays: Type.Number({
      description: "Readings that were written longer ago are deleted.",
      minimum: 0.01,
      maximum: 36_500,
      default: 30,
    }),
    lowDiskMegabytes: Type.Integer({
      description:
        "While less than this is free on the file system, the journal does not grow but overwrites its oldest.",
      minimum: 0,
      maximum: MAX_MEGABYTES,
      default: 64,
    }),
    flushMs: Type.Integer({
      description:
        "Readings are committed to the disk at least this often: it is what a power cut can take. Shorter wears flash faster; 0 commits them as they come. Commands are committed at once in any case.",
      minimum: 0,
      maximum: 3_600_000,
      default: 1_000,
    }),
  },
  {
    ...CLOSED,
    title: "journal",
    description: "What is kept on disk, in the folder `journal` of the state directory.",
  },
);

export const ComponentSchema = Type.Object(
  {
    command: Type.Optional(
      Type.Array(Type.String(), {
        title: "a list of words",
        description:
          "Program and arguments, without a shell. When given, the agent starts the program, and again when it ends or hangs. When not, the component is waited for and served when it attaches.",
        minItems: 1,
        examples: [["python3", "/opt/weather.py"]],
      }),
    ),
    environment: Type.Record(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), Type.String(), {
      ...CLOSED,
      title: "the environment",
      description: "Environment variables for the program, beside those of the agent.",
      default: {},
    }),
  },
  {
    ...CLOSED,
    title: "a component",
    description: "A program of the user's, in any language, attached to the agent over PAIR.",
  },
);

const HubSchema = Type.Object(
  {
    address: Type.String({
      title: "an address",
      pattern: "^(tcp://)?(\\[[0-9a-fA-F:.]+\\]|[^\\s:/\\[\\]]+)(:\\d+)?$",
      description:
        "The hub's address and base port, as its clients have it: the agent connects to that port + 4. `dunlin join` puts it here, and the hub's public key into `hub.key` in the folder of keys.",
      examples: ["tcp://hub.example.org:5555"],
    }),
  },
  { ...CLOSED, title: "hub", description: "The hub that this agent belongs to." },
);

export const ConfigSchema = Type.Object(
  {
    name: Type.Optional(
      name(
        "The agent's name, unique in its fleet; it is in every topic. Default: the host's name, made into a name.",
        { examples: ["plant7"] },
      ),
    ),
    labels: Type.Record(Type.String({ pattern: NAME_PATTERN }), Type.String(), {
      ...CLOSED,
      title: "the labels",
      description: "Facts about the agent, by which commands to a fleet choose it.",
      default: {},
      examples: [{ site: "north" }],
    }),
    listen: ListenSchema,
    security: SecuritySchema,
    stateDirectory: Type.Optional(
      folder(
        "Where the agent keeps what must outlive it: the epoch and the journal. Default: where systemd says, else by the user.",
        "/var/lib/dunlin",
      ),
    ),
    runtimeDirectory: Type.Optional(
      folder(
        "Where the sockets of the components are, and those for programs of this user on the same host (docs/security.md). One agent's alone. Default: where systemd says, else by the user.",
        "/run/dunlin",
      ),
    ),
    log: LogSchema,
    journal: JournalSchema,
    clock: Type.Enum(["auto", "synced"], {
      description:
        "`auto`: messages say `unsynced` until the kernel says that the host's clock is synchronised; `synced`: the host's clock is set by other means and is right.",
      default: "auto",
    }),
    http: Type.Optional(HttpSchema),
    hub: Type.Optional(HubSchema),
    devices: Type.Record(Type.String({ pattern: NAME_PATTERN }), DeviceSchema, {
      ...CLOSED,
      title: "the devices",
      description: "The devices by name.",
      default: {},
    }),
    components: Type.Record(Type.String({ pattern: NAME_PATTERN }), ComponentSchema, {
      ...CLOSED,
      title: "the components",
      description: "The user's own programs by name.",
      default: {},
    }),
  },
  { ...CLOSED, title: "the configuration", description: "Configuration of a Dunlin agent." },
);

/** What a device with this driver may have as `settings`. What the driver does not name is a fault, even if the driver forgot to say so. */
export function settingsSchema({ name: driver, settings }: DriverSchema): JsonSchema {
  const schema = jsonSchemaOf(settings);
  return {
    ...schema,
    title: `the driver ${driver}`,
    additionalProperties: schema.additionalProperties ?? false,
  };
}

/** The values of a configuration with every default of the schema applied. */
export type ConfigValues = Type.Static<typeof ConfigSchema>;
