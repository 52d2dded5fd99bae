import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Test } from "tap";

/** Debian's own: the one that python3-zmq and python3-cbor2 are installed for. A python3 that comes first on the PATH may be another. */
export const PYTHON = "/usr/bin/python3";

/** What a program said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  environment = {},
  input?: string,
): Promise<Ended> {
  const child = start(command, args, environment);
  if (input !== undefined) child.stdin?.end(input);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** Starts a program that goes on until it is killed. */
export function start(command: string, args: readonly string[], environment = {}): ChildProcess {
  return spawn(command, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...environment } });
}

/** Ends a program as a crash or an operator does, and waits until it is gone. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** Runs a script that prints `ok <what>` or `not ok <what>` for each of its checks; each becomes one of this test. */
export async function runChecks(t: Test, script: string, args: readonly string[] = []): Promise<void> {
  const { code, out, err } = await run(PYTHON, [script, ...args]);
  const lines = out.split("\n").filter((line) => /^(not )?ok /.test(line));
  for (const line of lines) t.ok(line.startsWith("ok "), line.replace(/^(not )?ok /, ""));
  t.ok(lines.length > 0, "the script made checks");
  t.equal(code, 0, err === "" ? "the script came to its end" : err);
}
