import { fork, type ChildProcess } from "node:child_process";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { pastFindings } from "./findings.ts";
import { inputsOf, type Outcome } from "./run-target.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets/index.ts";
import { tryInput } from "./trial.ts";

/**
 * `npm run fuzz`: millions of inputs for every decoder that faces a wire, a file or a person, made by changing good ones.
 * Mutation without coverage, fast and with no dependency: Jazzer.js, which is kept up, has a native part for libFuzzer
 * that cmake builds or that is brought ready-made, and instruments every branch, where these decoders are small enough
 * that what they say of an input shows which way it went.
 *
 *   --inputs 10000000   over all targets, by their shares
 *   --seed 1            the same inputs for the same seed
 *   --target reading    only this one; may be repeated
 *   --jobs 2            processes at once
 */
const { values: options } = parseArgs({
  options: {
    inputs: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
    target: { type: "string", multiple: true, default: [] },
    jobs: { type: "string", default: "2" },
  },
});

/** One that says nothing for so long hangs, ms. */
const SILENCE_MS = 600_000;

type Told = Omit<Outcome, "findings"> & { findings: readonly { fault: string; file: string }[] };

const wanted = TARGETS.filter(({ name }) => options.target.length === 0 || options.target.includes(name));
const total = Number(options.inputs);
const progress = new Map<string, number>();
const outcomes: Told[] = [];
const faults: string[] = [];

for (const target of wanted)
  for (const { name, input } of pastFindings(target.name)) {
    const { fault } = tryInput(target, input);
    if (fault !== undefined) faults.push(`${target.name}: ${name}, found before, ${fault}`);
  }
for (const target of wanted) target.close?.();

// The longest first, so that the last process does not go on alone.
const queue = wanted.toSorted((one, other) => other.share - one.share);
await Promise.all(
  Array.from({ length: Number(options.jobs) }, async () => {
    for (let target = queue.shift(); target; target = queue.shift()) await runInProcess(target);
  }),
);
show("");
printTable();
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

/** In a process of its own: what one target leaves behind in memory is not counted to another. */
async function runInProcess(target: Target): Promise<void> {
  const { name } = target;
  const inputs = inputsOf(target, wanted, total);
  const file = join(import.meta.dirname, "one.ts");
  const child = fork(file, [name, String(inputs), options.seed], { execArgv: ["--expose-gc"] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = watchOf(child);
  let told = false;
  child.on("message", (message: { done: number } | Told) => {
    watch.refresh();
    if ("done" in message) {
      progress.set(name, message.done);
      return showProgress();
    }
    told = true;
    outcomes.push(message);
    progress.set(name, message.inputs);
    for (const { fault, file: kept } of message.findings)
      faults.push(`${name}: ${fault}: ${relative(process.cwd(), kept)}`);
  });
  child.on("exit", (code, signal) => {
    clearTimeout(watch);
    if (!told)
      faults.push(
        `${name}: ended by ${String(signal ?? code)} after ${progress.get(name) ?? 0} inputs or a little more`,
      );
    resolve();
  });
  return promise;
}

function watchOf(child: ChildProcess): NodeJS.Timeout {
  return setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
}

function showProgress(): void {
  const done = [...progress.values()].reduce((sum, one) => sum + one, 0);
  const running = [...progress.keys()].filter((name) => !outcomes.some(({ target }) => target === name));
  show(`${done.toLocaleString("en")} of ${total.toLocaleString("en")}: ${running.join(", ")}`);
}

function show(line: string): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

function printTable(): void {
  const order = wanted.map(({ name }) => name);
  const rows = outcomes
    .toSorted((one, other) => order.indexOf(one.target) - order.indexOf(other.target))
    .map(({ target, inputs, accepted, ways, slowestMs, grownBytes, seconds, findings }) => [
      target,
      inputs.toLocaleString("en"),
      `${((100 * accepted) / Math.max(1, inputs)).toFixed(1)} %`,
      String(ways),
      slowestMs.toFixed(1),
      (grownBytes / 1_048_576).toFixed(2),
      seconds.toFixed(0),
      String(findings.length),
    ]);
  const sum = outcomes.reduce((all, { inputs }) => all + inputs, 0).toLocaleString("en");
  const all = [
    ["target", "inputs", "accepted", "ways", "slowest ms", "grown MiB", "s", "findings"],
    ...rows,
    ["all", sum],
  ];
  const widths = all.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)).concat(most.slice(row.length)),
    [],
  );
  for (const row of all)
    console.log(
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    );
}
