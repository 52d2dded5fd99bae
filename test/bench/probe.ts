import { spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** Compiles probe.c. @returns the program */
export function compileProbe(folder: string): string {
  const program = join(folder, "probe");
  const source = join(import.meta.dirname, "probe.c");
  const { status, stderr } = spawnSync("cc", ["-O2", "-o", program, source, "-lzmq", "-lpthread"], {
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(`cannot compile probe.c (Debian's gcc, libc6-dev, libzmq3-dev): ${stderr}`);
  return program;
}

/** As probe.c takes them. */
export type ProbeArguments = readonly [
  protocol: "zmq" | "mqtt",
  where: string,
  topic: string,
  ...keys: string[],
];

export interface Run {
  readonly sent: number;
  /** Of the lines that were received. */
  readonly latencyUs: readonly number[];
}

/** The device and the remote subscriber of one system under test: see probe.c. */
export class Probe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor(program: string, args: ProbeArguments) {
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Path of the pty that the system is to open. */
  port(): Promise<string> {
    return this.#line();
  }

  async run(linesPerSecond: number, lines: number): Promise<Run> {
    this.#child.stdin.write(`run ${linesPerSecond} ${lines}\n`);
    return JSON.parse(await this.#line()) as Run;
  }

  close(): void {
    this.#child.kill("SIGKILL");
    this.#reader.close();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the probe ended");
    return value;
  }
}
