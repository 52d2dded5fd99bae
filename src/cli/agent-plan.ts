import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AgentOptions, BridgePlan, ComponentPlan, ForeignPlan, UplinkPlan } from "../agent/index.ts";
import { DunlinError, type Log } from "../base/index.ts";
import type { DevicePlan } from "../bridge/index.ts";
import type { JournalProgram, SecurityPlan } from "../core/index.ts";
import { agentsEndpoint, endpointsOf, parseEndpoint } from "../bus/index.ts";
import { ownProgram, type Program } from "../component/index.ts";
import type { JournalPlan } from "../journaling/index.ts";
import { isLoopback, type ComponentConfig, type Config, type DeviceConfig } from "../config/index.ts";
import type { HubOptions } from "../hub/index.ts";
import { agentKeyPath, hubKeyPath, readCertificate, readSecretCertificate } from "../keys/index.ts";
import { VERSION } from "./version.ts";

/**
 * What a configuration means: one bridge process for each name that its devices give, and the user's programs.
 * @throws DunlinError `key-missing`, `key-invalid`, `key-exposed`
 */
export function planAgent(
  config: Config,
  descriptions: ReadonlyMap<string, unknown>,
  log: Log,
): AgentOptions {
  const { name, labels, listen, stateDirectory, runtimeDirectory, clock } = config;
  const bridges = Map.groupBy(config.devices, (device) => device.bridge);
  const components: ComponentPlan[] = [
    ...[...bridges].map(([bridge, devices]) => planBridge(bridge, devices, descriptions)),
    ...config.components.map(planForeign),
  ];
  const journal = planJournal(config);
  const endpoints = endpointsOf(listen.address, listen.port);
  return {
    name,
    version: VERSION,
    labels,
    endpoints,
    stateDirectory,
    runtimeDirectory,
    clock,
    components,
    log,
    security: planSecurity(config),
    ...(journal ? { journal } : {}),
    ...(config.hub ? { hub: planUplink(config.hub.address, config.security.keysDirectory) } : {}),
  };
}

/**
 * A configuration as that of a hub: what it says of devices and components is nobody's here.
 * @throws DunlinError `config-invalid`, and as planAgent
 */
export function planHub(config: Config, log: Log): HubOptions {
  const { name, listen, stateDirectory, runtimeDirectory } = config;
  const journal = planJournal(config, "hub");
  if (!journal)
    throw new DunlinError("config-invalid", "a hub needs its journal: leave journal.enabled true");
  return {
    name,
    version: VERSION,
    endpoints: endpointsOf(listen.address, listen.port),
    stateDirectory,
    runtimeDirectory,
    security: planSecurity(config),
    journal: { ...journal, backlogBytes: HUB_BACKLOG_BYTES },
    log,
  };
}

/** With a public key of the hub's there is one that wants to be proved to; a hub without keys is for the loopback, and for tests. */
function planUplink(address: string, keysDirectory: string): UplinkPlan {
  const endpoint = agentsEndpoint(parseEndpoint(address));
  const path = hubKeyPath(keysDirectory);
  if (!existsSync(path)) return { endpoint };
  const { publicKey, secretKey } = readSecretCertificate(agentKeyPath(keysDirectory));
  return { endpoint, keys: { serverKey: readCertificate(path).publicKey, publicKey, secretKey } };
}

/** Between programs of one host there is nothing to hide; beyond it everything is, unless that was refused in so many words. */
function planSecurity({ listen, security }: Config): SecurityPlan {
  const { keysDirectory, commands, exceptions, maxCommandsPerSecond } = security;
  const isPlain = isLoopback(listen.address) || listen.insecure;
  return {
    keysDirectory,
    commands,
    exceptions,
    maxCommandsPerSecond,
    ...(isPlain ? {} : { secretKey: readSecretCertificate(agentKeyPath(keysDirectory)).secretKey }),
  };
}

function planBridge(
  name: string,
  devices: readonly DeviceConfig[],
  descriptions: ReadonlyMap<string, unknown>,
): BridgePlan {
  const plans = devices.map(
    (device) => [device.name, planDevice(device, descriptions.get(device.driver))] as const,
  );
  return { kind: "bridge", name, program: ownComponent("bridge"), devices: Object.fromEntries(plans) };
}

function planJournal(
  { journal, stateDirectory }: Config,
  of: "agent" | "hub" = "agent",
): JournalProgram | undefined {
  if (!journal.enabled) return undefined;
  const plan: JournalPlan = {
    of,
    path: join(stateDirectory, "journal"),
    maxBytes: journal.maxMegabytes * 1e6,
    maxAgeMs: journal.maxAgeDays * 86_400_000,
    lowDiskBytes: journal.lowDiskMegabytes * 1e6,
    flushMs: journal.flushMs,
  };
  return { program: ownComponent("journal"), journal: plan };
}

function planDevice(
  { driver, port, line, silenceMs, settings, shape, report }: DeviceConfig,
  description: unknown,
): DevicePlan {
  return {
    driver,
    port,
    line,
    settings,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(shape).length === 0 ? {} : { shape: { metrics: shape, report } }),
  };
}

function planForeign({ name, command, environment }: ComponentConfig): ForeignPlan {
  const [program, ...args] = command ?? [];
  if (program === undefined) return { kind: "foreign", name };
  return { kind: "foreign", name, program: { command: program, args, environment } };
}

/**
 * What messages and blocks are made of is taken by one thread and freed by another. With the malloc arena for each thread that
 * is glibc's default, it piles up in all of them: a fifth to half of a component's memory (mallopt(3), M_ARENA_MAX).
 */
const ENVIRONMENT = { MALLOC_ARENA_MAX: "1" };

/**
 * The journal makes large pieces and lets them go. Those that are mapped go back to the host at once (M_MMAP_THRESHOLD, which
 * glibc otherwise raises by itself), and a small nursery does not keep what is long done. At 2000 readings/s that is 76 MB
 * of its own memory, level, instead of 180 MB.
 */
const JOURNAL_ENVIRONMENT = {
  ...ENVIRONMENT,
  MALLOC_MMAP_THRESHOLD_: "32768",
  NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --max-semi-space-size=1`.trim(),
};

/** What waits for a hub's journal: a few seconds of a hundred thousand readings each. */
const HUB_BACKLOG_BYTES = 64 * 1024 * 1024;

/** This same program under another role. */
function ownComponent(role: "bridge" | "journal"): Program {
  const { command, args } = ownProgram();
  const environment = role === "journal" ? JOURNAL_ENVIRONMENT : ENVIRONMENT;
  return { command, args: [...args, "component", role], environment };
}
