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

/** @param yaml the devices and components; name `pi`, port and folders are added. Without it: `--sim` */
export async function startCliAgent(yaml?: string): Promise<CliAgent> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  const port = await freeBasePort();
  const config = join(folder, "agent.yaml");
  if (yaml !== undefined) writeFileSync(config, yaml);
  const what = yaml === undefined ? ["--sim"] : ["-c", config];
  const env = { STATE_DIRECTORY: join(folder, "state"), RUNTIME_DIRECTORY: join(folder, "run") };
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

/** What `query status` says, as far as the tests read it. */
export interface Status {
  readonly epoch: number;
  readonly components: Record<string, { phase: string; starts: number; pid: number }>;
  readonly devices: Record<
    string,
    { state: string; reason?: string; seq: number; counters: Record<string, number> }
  >;
}

export async function statusOf({ client }: { readonly client: Client }): Promise<Status> {
  return (await client.query("status", {}, { timeoutMs: 20_000 })) as Status;
}
