import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog } from "../../src/base/index.ts";
import { agentsEndpoint, endpointsOf } from "../../src/bus/index.ts";
import { connect, type Client } from "../../src/client/index.ts";
import { ownProgram } from "../../src/component/index.ts";
import type { JournalProgram } from "../../src/core/index.ts";
import { Hub, type HubOptions } from "../../src/hub/index.ts";
import type { AgentOptions, UplinkPlan } from "../../src/agent/index.ts";
import { freeBasePort, startAgent, type TestAgent } from "./agent.ts";
import { RunningCli } from "./cli.ts";

/** Telemetry, commands, queries, enrolment, agents. */
export const HUB_PORTS = 5;

/** What both kinds of hub offer a test. */
export interface AnyTestHub {
  readonly client: Client;
  readonly address: string;
  /** What an agent is told of it, if neither has keys. */
  readonly uplink: UplinkPlan;
  readonly folder: string;
  /** The same name, port and folders once more, after it has ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A hub inside the test's own process, with a journal process, folders and ports of its own, and a client of it. */
export interface TestHub extends AnyTestHub {
  /** The one that runs, or ran last. */
  hub: Hub;
  /** Everything it logged, a line each. */
  readonly log: readonly string[];
}

export async function startHub(options: Partial<HubOptions> = {}): Promise<TestHub> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const endpoints = endpointsOf("127.0.0.1", await freeBasePort(HUB_PORTS));
  const lines: string[] = [];
  const all: HubOptions = {
    name: "hub",
    version: "0.0.0",
    endpoints,
    stateDirectory: join(folder, "state"),
    runtimeDirectory: join(folder, "run"),
    journal: journalOf(join(folder, "state"), "hub"),
    security: {
      keysDirectory: join(folder, "keys"),
      commands: "open",
      exceptions: {},
      maxCommandsPerSecond: 100_000,
    },
    log: openLog({ level: "debug", format: "text", write: (line) => void lines.push(line) }),
    ...options,
  };
  const client = connect(all.endpoints.telemetry);
  const test: TestHub = {
    hub: await Hub.open(all),
    client,
    address: all.endpoints.telemetry,
    uplink: { endpoint: agentsEndpoint(all.endpoints) },
    folder,
    log: lines,
    restart: async () => {
      await test.hub.close();
      test.hub = await Hub.open(all);
    },
    close: async () => {
      client.close();
      await test.hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** `dunlin hub` as users run it: a process of its own. */
export interface CliHub extends AnyTestHub {
  /** The one that runs, or ran last. */
  cli: RunningCli;
}

/** @param yaml its configuration; name `hub` and port are added */
export async function startCliHub(yaml = "{}"): Promise<CliHub> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const port = await freeBasePort(HUB_PORTS);
  const config = join(folder, "hub.yaml");
  writeFileSync(config, yaml);
  const env = { STATE_DIRECTORY: join(folder, "state"), RUNTIME_DIRECTORY: join(folder, "run") };
  const args = ["hub", "-c", config, "--name", "hub", "--port", String(port), "--log-format", "text"];
  const start = (): RunningCli => new RunningCli(args, { env, cwd: folder });
  const endpoints = endpointsOf("127.0.0.1", port);
  const client = connect(endpoints.telemetry);
  const test: CliHub = {
    cli: start(),
    client,
    address: endpoints.telemetry,
    uplink: { endpoint: agentsEndpoint(endpoints) },
    folder,
    restart: async () => {
      await test.cli.ended;
      test.cli = start();
    },
    close: async () => {
      client.close();
      await test.cli.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** An agent of a hub, in the test's own process; without a journal unless the options have one. */
export function startAgentOf(
  hub: AnyTestHub,
  name: string,
  options: Partial<AgentOptions> = {},
): Promise<TestAgent> {
  return startAgent({ name, hub: hub.uplink, ...options });
}

/** A journal process as the command line plans it, but smaller and quicker to commit. */
export function journalOf(
  stateDirectory: string,
  of: "agent" | "hub",
  options: { readonly flushMs?: number; readonly maxBytes?: number } = {},
): JournalProgram {
  const { command, args } = ownProgram();
  const { flushMs = 100, maxBytes = 50e6 } = options;
  return {
    program: { command, args: [...args, "component", "journal"], environment: { MALLOC_ARENA_MAX: "1" } },
    journal: {
      of,
      path: join(stateDirectory, "journal"),
      maxBytes,
      maxAgeMs: 86_400_000,
      lowDiskBytes: 1e6,
      flushMs,
    } as JournalProgram["journal"],
  };
}

const ASK_AGAIN_MS = 50;

/** Asks until all these agents are online at the hub; the limit is only a guard against hanging. */
export async function untilOnline(
  { client, cli }: { readonly client: Client; readonly cli?: RunningCli },
  names: readonly string[],
  limitMs = 60_000,
): Promise<void> {
  const guard = AbortSignal.timeout(limitMs);
  for (;;) {
    const online = await onlineAt(client);
    if (names.every((name) => online.has(name))) return;
    if (guard.aborted)
      throw new Error(
        `waited ${limitMs} ms in vain for ${names.filter((name) => !online.has(name)).join()}; the hub: ${cli?.stderr.slice(-1_000)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

interface FleetPage {
  readonly entries: readonly { readonly agent: string; readonly online: boolean }[];
  readonly more: boolean;
}

/** Names of the agents that have a link to the hub; none while it does not answer. */
async function onlineAt(client: Client): Promise<Set<string>> {
  const online = new Set<string>();
  for (let after = ""; ;) {
    const page = (await client
      .query("fleet", { after, limit: 500 }, { timeoutMs: 2_000 })
      .catch(() => ({ entries: [], more: false }))) as FleetPage;
    for (const { agent, online: isOnline } of page.entries) if (isOnline) online.add(agent);
    if (!page.more) return online;
    after = page.entries.at(-1)?.agent ?? "";
  }
}
