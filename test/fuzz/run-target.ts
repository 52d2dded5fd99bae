import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pastFindings, type Finding } from "./findings.ts";
import { Mutator } from "./mutator.ts";
import type { Target } from "./target.ts";
import { shrink, tryInput } from "./trial.ts";

export interface Outcome {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly slowestMs: number;
  /** What the second half of the run left behind in memory. */
  readonly grownBytes: number;
  readonly seconds: number;
  /** In how many ways the inputs were taken or refused. */
  readonly ways: number;
  readonly findings: readonly Finding[];
}

/** What a target may have left behind after half of its inputs: code that was compiled, the pool of inputs. */
const MAX_GROWN_BYTES = 4 * 1024 * 1024;
/** After so many different ones it is time to mend something. */
const MAX_FINDINGS = 5;
const TURN_EVERY = 200;

export interface RunPlan {
  readonly inputs: number;
  readonly seed: number;
  /** Called now and then, with how many are done. */
  readonly onProgress?: (done: number) => void;
}

/** Gives a target so many inputs; the same ones for the same seed. */
export async function runTarget(target: Target, { inputs, seed, onProgress }: RunPlan): Promise<Outcome> {
  const mutator = new Mutator(target, seed);
  // Where one defect was there may be others.
  for (const { input } of pastFindings(target.name)) mutator.keep(input);
  const findings: Finding[] = [];
  const ways = new Set<string>();
  const startMs = performance.now();
  const halfway = inputs >> 1;
  let accepted = 0;
  let slowestMs = 0;
  let done = 0;
  let before = 0;
  // Traces of where something was refused cost more than refusing it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (; done < inputs && findings.length < MAX_FINDINGS; done++) {
      if (done === halfway) before = await usedBytes();
      if (done % TURN_EVERY === 0) {
        await turn();
        onProgress?.(done);
      }
      const input = target.corpus[done] ?? mutator.next();
      const trial = tryInput(target, input, Math.max(1, slowestMs));
      if (trial.accepted) accepted++;
      slowestMs = Math.max(slowestMs, trial.ms);
      // What is slow goes the way of others that are not.
      const way = trial.fault === undefined ? trial.way : `fault ${trial.fault.replaceAll(/\d+/g, "")}`;
      if (ways.has(way)) continue;
      ways.add(way);
      mutator.keep(input);
      if (trial.fault !== undefined) findings.push({ fault: trial.fault, input: shrink(target, input) });
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const grownBytes = findings.length < MAX_FINDINGS ? (await usedBytes()) - before : 0;
  if (grownBytes > MAX_GROWN_BYTES)
    findings.push({ fault: `leaves ${grownBytes} bytes behind`, input: Buffer.alloc(0) });
  // Also keeps what is held for the run until it was measured.
  mutator.end();
  return {
    target: target.name,
    inputs: done,
    ways: ways.size,
    accepted,
    slowestMs,
    grownBytes,
    seconds,
    findings,
  };
}

/** Rounds of collecting: what waits to be finalized goes in the second. */
const ROUNDS = 3;

async function usedBytes(): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    await turn();
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

let collect = globalThis.gc;

/** Also where Node was not started with --expose-gc, as under tap. */
function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as NodeJS.GCFunction;
  }
  collect();
}

/** zlib lets go of what it could not decompress only then. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The inputs of each target, by its share of all. */
export function inputsOf(target: Target, targets: readonly Target[], inputs: number, least = 2): number {
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  return Math.max(least, Math.round((inputs * target.share) / shares));
}
