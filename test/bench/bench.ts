/**
 * npm run bench [-- --short] [--json]
 *
 * The way of a line from the device to a remote subscriber, for this agent and for what people use otherwise: side by
 * side in one run, on the same bytes. Machines are noisy, so there are rounds; in each of them every system is started
 * anew, warmed up, measured alone and ended. What counts are the ratios to the ten lines of code that a user would
 * write, the median over the rounds. docs/benchmarks.md has figures and tells where they come from.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compileProbe } from "./probe.ts";
import { rowsOf, type Round, type Sample } from "./rows.ts";
import type { Load } from "./system.ts";
import { candidates, type Candidate } from "./systems.ts";
import { tableOf } from "./table.ts";

interface Plan {
  readonly rounds: number;
  /** Until what is compiled as it runs is compiled. */
  readonly warmUp: Load;
  readonly loads: readonly Load[];
}

const FULL: Plan = {
  rounds: 4,
  warmUp: { linesPerSecond: 1_000, lines: 4_000 },
  loads: [
    { linesPerSecond: 100, lines: 300 },
    { linesPerSecond: 1_000, lines: 3_000 },
  ],
};
/** For CI: whether it works, and a glance at the ratios. */
const SHORT: Plan = {
  rounds: 1,
  warmUp: { linesPerSecond: 1_000, lines: 2_000 },
  loads: [
    { linesPerSecond: 100, lines: 150 },
    { linesPerSecond: 1_000, lines: 1_500 },
  ],
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { short: { type: "boolean" }, json: { type: "boolean" } } });
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const rounds = await measure(values.short ? SHORT : FULL, candidates(compileProbe(folder), folder));
    const rows = rowsOf(rounds);
    console.log(values.json ? JSON.stringify(rows, null, 2) : tableOf(rows));
    const lossy = rows.filter(({ lost }) => lost > 0).map(({ system, lost }) => `${system} ${lost}`);
    if (lossy.length > 0) throw new Error(`lines were lost: ${lossy.join(", ")}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ rounds, ...plan }: Plan, all: readonly Candidate[]): Promise<Round[]> {
  const done: Round[] = [];
  while (done.length < rounds) {
    const samples: Sample[] = [];
    for (const candidate of all) {
      if (process.stderr.isTTY) process.stderr.write(`\rround ${done.length + 1}: ${candidate.name}\x1b[K\r`);
      samples.push(...(await measureOne(candidate, plan)));
    }
    done.push(samples);
  }
  return done;
}

async function measureOne(
  candidate: Candidate,
  { warmUp, loads }: Pick<Plan, "warmUp" | "loads">,
): Promise<Sample[]> {
  const system = await candidate.start();
  try {
    await system.ready();
    await system.run(warmUp);
    const samples = [];
    for (const load of loads) samples.push({ ...load, ...(await system.measure(load)) });
    const pssMb = system.pssMb();
    return samples.map((sample) => ({ system: system.name, ...sample, pssMb }));
  } finally {
    await system.close();
  }
}

await main();
