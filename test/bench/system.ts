import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Probe, Run } from "./probe.ts";
import { cpuUs, memoryMb } from "./process-tree.ts";

/** Tries of a first line, each with up to two seconds of waiting, before a system counts as not working. */
const FIRST_LINE_TRIES = 15;

export interface Load {
  readonly linesPerSecond: number;
  readonly lines: number;
}

export interface Measured {
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of all processes and threads of the system, a line. */
  readonly cpuUs: number;
  readonly lost: number;
}

/** A system under test, running, with a probe at both of its ends. */
export class System {
  readonly name: string;
  readonly #probe: Probe;
  readonly #children: readonly ChildProcess[];
  readonly #died: Promise<never>;
  #closing = false;

  /** @param commands of its processes, which are started in this order */
  constructor(name: string, probe: Probe, commands: readonly (readonly string[])[]) {
    this.name = name;
    this.#probe = probe;
    this.#children = commands.map(([command = "", ...args]) =>
      spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] }),
    );
    this.#died = Promise.race(this.#children.map((child) => this.#whenDead(child)));
    this.#died.catch(() => {});
  }

  /** Until it passes lines on. */
  async ready(): Promise<void> {
    for (let tries = 0; (await this.run({ linesPerSecond: 10, lines: 1 })).latencyUs.length === 0; tries++)
      if (tries === FIRST_LINE_TRIES) throw new Error(`${this.name} does not pass a line on`);
  }

  /** @throws when the system ends meanwhile: the probe alone would wait for ever for a pty that nobody reads */
  run({ linesPerSecond, lines }: Load): Promise<Run> {
    return Promise.race([this.#probe.run(linesPerSecond, lines), this.#died]);
  }

  async measure(load: Load): Promise<Measured> {
    const before = cpuUs(this.#pids);
    const { sent, latencyUs } = await this.run(load);
    const used = cpuUs(this.#pids) - before;
    const sorted = [...latencyUs].sort((a, b) => a - b);
    const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
    return {
      p50Us: quantile(0.5),
      p99Us: quantile(0.99),
      cpuUs: used / sent,
      lost: sent - latencyUs.length,
    };
  }

  pssMb(): number {
    return memoryMb(this.#pids).pss;
  }

  /** Gone when it resolves: the next one has the machine for itself. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#probe.close();
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }

  get #pids(): number[] {
    return this.#children.map(({ pid }) => pid ?? 0);
  }

  async #whenDead(child: ChildProcess): Promise<never> {
    await once(child, "exit");
    if (this.#closing) return new Promise(() => {});
    throw new Error(`${this.name} ended by itself: ${child.signalCode ?? `exit code ${child.exitCode}`}`);
  }
}
