import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { connect, type Client } from "../../src/client/index.ts";
import type { FleetCounts } from "../../src/fleet-sim/index.ts";
import { authorize, newCertificate, writeCertificates } from "../../src/keys/index.ts";
import { freeBasePort } from "../support/agent.ts";
import { RunningCli } from "../support/cli.ts";
import { HUB_PORTS } from "../support/hub.ts";

/** What the query `status` says at a hub, as far as it is of interest here. */
export interface HubStatus {
  readonly agents: { readonly known: number; readonly online: number };
  readonly readings: number;
  /** Messages that were not published. */
  readonly dropped: number;
  readonly journal: { readonly state: string; readonly dropped: number };
}

/** `dunlin hub` with keys, as beyond one host, in a folder of its own; and a client that it lets in. */
export class BenchHub {
  readonly folder = mkdtempSync(join(tmpdir(), "bench-"));
  readonly config = join(this.folder, "hub.yaml");
  readonly address: string;
  readonly client: Client;
  #cli: RunningCli;

  private constructor(port: number) {
    const keys = join(this.folder, "keys");
    const hub = newCertificate("hub");
    const own = newCertificate("bench");
    writeCertificates(keys, "agent", hub);
    authorize(keys, "bench", own, ["read", "command"]);
    const lines = [
      "name: hub",
      `listen: { address: 0.0.0.0, port: ${port} }`,
      `security: { keysDirectory: ${keys} }`,
      `stateDirectory: ${join(this.folder, "state")}`,
      `runtimeDirectory: ${join(this.folder, "run")}`,
      "log: { level: warn }",
    ];
    writeFileSync(this.config, `${lines.join("\n")}\n`);
    this.address = `tcp://127.0.0.1:${port}`;
    const { publicKey, secretKey } = own;
    this.client = connect(this.address, { keys: { serverKey: hub.publicKey, publicKey, secretKey } });
    this.#cli = this.#start();
  }

  static async open(): Promise<BenchHub> {
    const hub = new BenchHub(await freeBasePort(HUB_PORTS));
    await hub.up();
    return hub;
  }

  get pid(): number {
    return this.#cli.child.pid ?? 0;
  }

  async status(): Promise<HubStatus> {
    return (await this.client.query("status", {}, { timeoutMs: 30_000 })) as HubStatus;
  }

  async up(): Promise<void> {
    while (
      await this.status().then(
        () => false,
        () => true,
      )
    )
      await setTimeout(50);
  }

  /** kill -9, and another in its place. */
  async kill(): Promise<void> {
    await this.#cli.stop("SIGKILL");
    this.#cli = this.#start();
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#cli.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #start(): RunningCli {
    const cli = new RunningCli(["hub", "-c", this.config]);
    cli.child.stderr?.pipe(process.stderr);
    return cli;
  }
}

export type Counted = FleetCounts & { readonly seconds: number };

/** `dunlin sim fleet`, and what it counts. */
export class BenchFleet {
  /** Once a second, since its start. */
  readonly told: Counted[] = [];
  readonly #cli: RunningCli;

  constructor(hub: BenchHub, options: Readonly<Record<string, string | number>>) {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#cli = new RunningCli(["sim", "fleet", "--json", "--hub-config", hub.config, ...words]);
    this.#cli.child.stderr?.pipe(process.stderr);
    const { stdout } = this.#cli.child;
    if (stdout)
      createInterface({ input: stdout }).on(
        "line",
        (line) => void this.told.push(JSON.parse(line) as Counted),
      );
  }

  get pid(): number {
    return this.#cli.child.pid ?? 0;
  }

  get last(): Counted | undefined {
    return this.told.at(-1);
  }

  /** @returns the first count that is as wanted; the limit is only a guard against hanging */
  async until(what: string, fits: (counted: Counted) => boolean, limitMs = 180_000): Promise<Counted> {
    const guard = AbortSignal.timeout(limitMs);
    const from = this.told.length;
    for (;;) {
      const found = this.told.slice(from).find(fits);
      if (found) return found;
      if (guard.aborted) throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.last)}`);
      await setTimeout(50);
    }
  }

  /** Its last word. */
  async close(): Promise<Counted> {
    await this.#cli.stop("SIGTERM");
    const { last } = this;
    if (!last) throw new Error("the simulated fleet has said nothing");
    return last;
  }
}
