import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { RateLimit, type Log } from "../base/index.ts";

/** A program to start: never through a shell. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a process ended, in words: `exit code 1`, `signal SIGKILL`. */
export type ProcessEnd = string;

/** Lines of a component's own output that go to the log, at most one per this many ms once it talks too much. */
const OUTPUT_INTERVAL_MS = 100;
/** Lines that are let through at once before that. */
const OUTPUT_BURST = 50;

/** A component's process. Its standard input stays open while the agent lives: a built-in component ends when it closes. */
export class ComponentProcess {
  readonly #child: ChildProcess;
  #ended = false;

  constructor(program: Program, log: Log, onEnd: (how: ProcessEnd) => void) {
    this.#child = spawn(program.command, program.args, {
      env: { ...process.env, ...program.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdin?.on("error", () => {});
    const end = (how: ProcessEnd): void => {
      if (this.#ended) return;
      this.#ended = true;
      onEnd(how);
    };
    this.#child.on("error", (cause) => end(`cannot start ${program.command}: ${cause.message}`));
    this.#child.on("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    const limit = new RateLimit(OUTPUT_INTERVAL_MS);
    logLines(this.#child.stdout, limit, (line) => log.info(line));
    logLines(this.#child.stderr, limit, (line) => log.warn(line));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return !this.#ended && this.#child.pid !== undefined;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }
}

function logLines(stream: Readable | null, limit: RateLimit, write: (line: string) => void): void {
  if (!stream) return;
  let burst = OUTPUT_BURST;
  createInterface({ input: stream }).on("line", (line) => {
    if (line.trim() === "") return;
    if (burst-- > 0 || limit.admit("line") !== undefined) write(line.slice(0, 2_000));
  });
}
