import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Client } from "../../src/client/index.ts";
import { freeBasePort } from "./agent.ts";
import { RunningCli } from "./cli.ts";

/** `dunlin agent` as users run it: a process of its own, with a configuration file, in an otherwise empty folder. */
export interface CliAgent {
  /** The one that runs, or ran last. */
  cli: RunningCli;
  readonly client: Client;
  readonly address: string;
  readonly folder: string;
  /** The same configuration, ports and folders once more, after it has ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface CliAgentOptions {
  /** For the agent and all that it starts. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: inside its folder. */
  readonly stateDirectory?: string;
}

/** @param yaml the devices and components; name `pi`, port and folders are added. Without it: `--sim` */
export async function startCliAgent(yaml?: string, options: CliAgentOptions = {}): Promise<CliAgent> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const port = await freeBasePort();
  const config = join(folder, "agent.yaml");
  if (yaml !== undefined) writeFileSync(config, yaml);
  const what = yaml === undefined ? ["--sim"] : ["-c", config];
  const env = {
    ...options.env,
    STATE_DIRECTORY: options.stateDirectory ?? join(folder, "state"),
    RUNTIME_DIRECTORY: join(folder, "run"),
  };
  const args = ["agent", ...what, "--name", "pi", "--port", String(port), "--log-format", "text"];
  const start = (): RunningCli => new RunningCli(args, { env, cwd: folder });
  const address = `tcp://127.0.0.1:${port}`;
  const client = connect(address);
  const test: CliAgent = {
    cli: start(),
    client,
    address,
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

const ASK_AGAIN_MS = 50;

/** What `query status` says, as far as the tests read it. */
export interface Status {
  readonly epoch: number;
  readonly components: Record<string, { phase: string; starts: number; pid: number }>;
  readonly journal: {
    readonly state: string;
    readonly code?: string;
    readonly reason?: string;
    readonly bytes: number;
    readonly freeBytes: number;
    readonly diskLow: number;
    /** Readings that the core could not hold until the journal took them. */
    readonly dropped: number;
  };
  readonly devices: Record<
    string,
    { state: string; reason?: string; seq: number; counters: Record<string, number> }
  >;
}

export async function statusOf({ client }: { readonly client: Client }): Promise<Status> {
  return (await client.query("status", {}, { timeoutMs: 20_000 })) as Status;
}

/** Asks until the status is as wanted; the limit is only a guard against hanging. */
export async function untilStatus(
  agent: { readonly client: Client },
  what: string,
  fits: (status: Status) => boolean,
  limitMs = 30_000,
): Promise<Status> {
  const guard = AbortSignal.timeout(limitMs);
  for (;;) {
    const status = await statusOf(agent);
    if (fits(status)) return status;
    if (guard.aborted) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
