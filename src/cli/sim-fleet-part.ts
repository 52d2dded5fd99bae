import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { DunlinError } from "../base/index.ts";
import { ownProgram } from "../component/index.ts";
import type { UplinkPlan } from "../agent/index.ts";
import type { FleetCounts, FleetPlan } from "../fleet-sim/index.ts";
import { authorize, newCertificate } from "../keys/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { SimHub } from "./sim-fleet-hub.ts";

/** What one process simulates, and for which hub. */
export interface PartPlan extends FleetPlan {
  readonly hub: SimHub;
}

const COUNTS_MS = 500;
const NOTHING: FleetCounts = {
  online: 0,
  arrivals: 0,
  readings: 0,
  withheld: 0,
  commands: 0,
  again: 0,
  faults: 0,
};

/** The process of a part, seen from the command that was given. */
export class SimPart {
  /** As it last told. */
  counts = NOTHING;
  /** Rejects if it ends before it is told to. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;
  #isClosed = false;

  constructor(plan: PartPlan) {
    const { command, args } = ownProgram();
    // Without end is not for JSON.
    const text = JSON.stringify(plan, (_, value: unknown) => (value === Infinity ? "never" : value));
    this.#child = spawn(command, [...args, "sim", "fleet-part", text], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        this.counts = JSON.parse(line) as FleetCounts;
      });
    this.failed = once(this.#child, "exit").then(([code]: unknown[]) => {
      if (this.#isClosed) return new Promise<never>(() => {});
      throw new DunlinError("internal", `a process of the simulated fleet has ended: ${String(code)}`);
    });
    this.failed.catch(() => {});
  }

  /** Its last counts have come when this resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "close");
    this.#child.stdin?.end();
    await ended;
  }
}

/** Simulates its part until standard input ends. */
export async function simFleetPartCommand(text: string): Promise<ExitCode> {
  const { SimFleet } = await import("../fleet-sim/index.ts");
  const { hub, ...plan } = JSON.parse(text, (_, value: unknown) =>
    value === "never" ? Infinity : value,
  ) as PartPlan;
  process.title = "dunlin sim fleet";
  // Ctrl-C at a terminal goes to all: the command that started us says when.
  process.on("SIGINT", () => {});
  const forget: string[] = [];
  const fleet = new SimFleet(plan, (name) => uplinkOf(hub, name, forget));
  const tell = (): void => void process.stdout.write(`${JSON.stringify(fleet.counts)}\n`);
  const told = setInterval(tell, COUNTS_MS);
  await once(process.stdin.resume(), "end");
  clearInterval(told);
  await fleet.rest();
  tell();
  fleet.close();
  for (const path of forget) rmSync(path, { force: true });
  return EXIT.ok;
}

/** @param forget gets the files that let it in */
function uplinkOf({ endpoint, keys }: SimHub, name: string, forget: string[]): UplinkPlan {
  if (!keys) return { endpoint };
  const certificate = newCertificate(name);
  forget.push(...authorize(keys.keysDirectory, name, certificate, ["agent"]));
  const { publicKey, secretKey } = certificate;
  return { endpoint, keys: { serverKey: keys.serverKey, publicKey, secretKey } };
}
