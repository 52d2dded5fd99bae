import { execFile, spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** The program under test: the source tree's; the packed binary that DUNLIN_BINARY names; or, emulated, DUNLIN_PROGRAM's. */
const [COMMAND = process.execPath, ...ARGUMENTS] =
  process.env["DUNLIN_PROGRAM"]?.split(" ") ??
  (process.env["DUNLIN_BINARY"] === undefined
    ? [process.execPath, join(import.meta.dirname, "../../src/cli/main.ts")]
    : [process.env["DUNLIN_BINARY"]]);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs `dunlin …` to its end. */
export function dunlin(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      COMMAND,
      [...ARGUMENTS, ...args],
      { ...options, env: { ...process.env, ...options.env } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

/** A `dunlin …` that goes on until it is told to end; its output is kept. */
export class RunningCli {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly ended: Promise<number>;

  constructor(args: readonly string[], options: CliOptions = {}) {
    this.child = spawn(COMMAND, [...ARGUMENTS, ...args], {
      ...options,
      env: { ...process.env, ...options.env },
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => this.child.on("exit", (code) => resolve(code ?? -1)));
  }

  /** Asks it to end, as systemd and Ctrl-C do; gives the exit code. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.child.kill(signal);
    return this.ended;
  }
}
