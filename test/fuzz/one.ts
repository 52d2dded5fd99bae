import { keepFinding } from "./findings.ts";
import { runTarget } from "./run-target.ts";
import { TARGETS } from "./targets/index.ts";

/** One target in a process of its own, for fuzz.ts: name, inputs, seed. Says how far it is, then what came of it. */
const [name, inputs, seed] = process.argv.slice(2);
const target = TARGETS.find((one) => one.name === name);
if (!target) throw new Error(`no target ${String(name)}`);

let saidMs = 0;
const { findings, ...outcome } = await runTarget(target, {
  inputs: Number(inputs),
  seed: Number(seed),
  onProgress: (done) => {
    const nowMs = performance.now();
    if (nowMs - saidMs < 200) return;
    saidMs = nowMs;
    process.send?.({ done });
  },
});
target.close?.();
const told = findings.map((one) => ({ fault: one.fault, file: keepFinding(target.name, one) }));
process.send?.({ ...outcome, findings: told });
